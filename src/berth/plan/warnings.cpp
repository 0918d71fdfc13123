#include "berth/plan/warnings.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/plan/plan.h"

namespace berth {
namespace {

using Warnings = std::vector<std::string>;

/// "a, b, c and 4 more"
std::string enumerate(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 4;
  std::string text;
  for (std::size_t k = 0; k < names.size() && k < kShown; ++k) {
    text += (k == 0 ? "" : ", ") + names[k];
  }
  if (names.size() > kShown) text += fmt::format(" and {} more", names.size() - kShown);
  return text;
}

void warn_extrapolated(const Fleet& fleet, const Plan& plan, Warnings& warnings) {
  std::map<std::string, std::vector<std::string>> deployments_by_gpu;
  for (const PlanDeployment& d : plan.deployments) {
    const auto gpu = fleet.catalog.find_gpu(d.gpu);
    if (gpu && fleet.catalog.gpu(*gpu).efficiency.extrapolated) {
      deployments_by_gpu[d.gpu].push_back(d.name);
    }
  }
  for (const auto& [gpu, names] : deployments_by_gpu) {
    warnings.push_back(
        fmt::format("{}: no measurements of this GPU; its speed is taken from its relatives ({})",
                    gpu, enumerate(names)));
  }
}

void warn_unverified_quality(const Fleet& fleet, const Plan& plan, Warnings& warnings) {
  std::map<std::string, std::string> model_of;
  for (const PlanDeployment& d : plan.deployments) model_of[d.name] = d.model;
  std::map<std::string, double> max_error_of;
  for (const PlanClass& c : plan.classes) max_error_of[c.name] = c.max_error;
  std::map<std::string, std::set<std::string>> classes_by_model;
  for (const PlanRoute& route : plan.routes) {
    const auto model = fleet.catalog.find_model(model_of[route.deployment]);
    const auto limit = max_error_of.find(route.query_class);
    if (!model || limit == max_error_of.end()) continue;
    const ModelSpec& spec = fleet.catalog.model(*model);
    if (spec.quality_source.verified || limit->second - route.error >= kNearFloor) continue;
    classes_by_model[spec.name].insert(route.query_class);
  }
  for (const auto& [model, classes] : classes_by_model) {
    warnings.push_back(
        fmt::format("{}: its quality score is not verified, yet it is what keeps the floor of {}",
                    model, enumerate({classes.begin(), classes.end()})));
  }
}

/// Whether the weights differ from those the model was published with. fp8 weights are made from
/// 16-bit ones at load time; a model without 16-bit weights was published quantised.
bool needs_own_checkpoint(const Fleet& fleet, const PlanDeployment& d) {
  const auto precision = precision_from(d.precision);
  const auto model = fleet.catalog.find_model(d.model);
  if (!precision || !model) return false;
  if (*precision == Precision::kBf16 || *precision == Precision::kFp8) return false;
  const std::vector<Precision>& published = fleet.catalog.model(*model).precisions;
  return std::find(published.begin(), published.end(), Precision::kBf16) != published.end();
}

void warn_quantized(const Fleet& fleet, const Plan& plan, Warnings& warnings) {
  std::vector<std::string> names;
  for (const PlanDeployment& d : plan.deployments) {
    if (needs_own_checkpoint(fleet, d)) names.push_back(d.name + " (" + d.precision + ")");
  }
  if (names.empty()) return;
  warnings.push_back(fmt::format("needs a quantised checkpoint; --model names the 16-bit one: {}",
                                 enumerate(names)));
}

void warn_spot(const Plan& plan, Warnings& warnings) {
  std::vector<std::string> offers;
  int gpus = 0;
  for (const PlanOffer& offer : plan.offers) {
    if (to_lower(offer.offer).find("spot") == std::string::npos) continue;
    offers.push_back(fmt::format("{} x {}", offer.boxes, offer.offer));
    gpus += offer.gpus;
  }
  if (offers.empty()) return;
  warnings.push_back(fmt::format("{} GPU{} on spot offers may be taken away at any time ({})", gpus,
                                 gpus == 1 ? "" : "s", enumerate(offers)));
}

void warn_planned_for_less(const Plan& plan, Warnings& warnings) {
  for (const PlanClass& row : plan.classes) {
    if (row.margin.load >= 1.0) continue;
    warnings.push_back(
        fmt::format("{}: planned for {:.0f} % of its demand, because a replay of the plan held it",
                    row.name, row.margin.load * 100.0));
  }
}

void warn_full(const Plan& plan, Warnings& warnings) {
  std::vector<std::string> names;
  for (const PlanDeployment& d : plan.deployments) {
    if (d.utilization > kHighUtilization) names.push_back(d.name);
  }
  if (names.empty()) return;
  warnings.push_back(
      fmt::format("planned above {:.0f} % of the load the SLOs allow, so more demand than planned "
                  "breaks them: {}",
                  kHighUtilization * 100.0, enumerate(names)));
}

void warn_idle(const Plan& plan, Warnings& warnings) {
  std::map<std::string, long long> idle_by_pool;
  long long rented = 0;
  for (const PlanOffer& offer : plan.offers) {
    idle_by_pool[offer.pool] += offer.gpus;
    rented += offer.gpus;
  }
  for (const PlanDeployment& d : plan.deployments) idle_by_pool[d.pool] -= d.gpus;
  long long idle = 0;
  std::vector<std::string> pools;
  for (const auto& [pool, count] : idle_by_pool) {
    if (count <= 0) continue;
    idle += count;
    pools.push_back(fmt::format("{} {}", count, pool));
  }
  if (idle == 0) return;
  warnings.push_back(
      fmt::format("{} of {} rented GPUs ({:.0f} %) have no work, because boxes are "
                  "rented whole ({})",
                  idle, rented, 100.0 * static_cast<double>(idle) / static_cast<double>(rented),
                  enumerate(pools)));
}

/// Free GPUs of the rented boxes of a pool, as free GPUs -> number of such boxes.
std::map<int, long long> rented_boxes(const Plan& plan, const std::string& pool) {
  std::map<int, long long> boxes;
  for (const PlanOffer& offer : plan.offers) {
    if (offer.pool == pool && offer.boxes > 0) boxes[offer.gpus / offer.boxes] += offer.boxes;
  }
  return boxes;
}

/// Places `stages` groups of `gpus` GPUs, each inside one box, into the fullest boxes they fit;
/// false if some find no place.
bool place(std::map<int, long long>& boxes, int gpus, long long stages) {
  while (stages > 0) {
    const auto box = boxes.lower_bound(gpus);
    if (box == boxes.end()) return false;
    // Whole boxes at a time, then the rest into one more.
    const long long in_one_box = std::min<long long>(stages, box->first / gpus);
    const long long filled = std::min(stages / in_one_box, box->second);
    const int left = box->first - static_cast<int>(in_one_box) * gpus;
    box->second -= filled;
    if (box->second == 0) boxes.erase(box);
    boxes[left] += filled;
    stages -= filled * in_one_box;
  }
  return true;
}

/// The pool constraint counts GPUs; the tensor-parallel group of a stage must also sit in one box.
void warn_split_replicas(const Plan& plan, Warnings& warnings) {
  std::set<std::string> pools;
  for (const PlanOffer& offer : plan.offers) pools.insert(offer.pool);
  std::vector<std::string> names;
  for (const std::string& pool : pools) {
    std::map<int, long long> boxes = rented_boxes(plan, pool);
    std::vector<const PlanDeployment*> order;
    for (const PlanDeployment& d : plan.deployments) {
      if (d.pool == pool && d.tensor_parallel > 0) order.push_back(&d);
    }
    std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) {
      return a->tensor_parallel > b->tensor_parallel;
    });
    for (const PlanDeployment* d : order) {
      const long long stages = static_cast<long long>(d->replicas) * d->pipeline_parallel;
      if (!place(boxes, d->tensor_parallel, stages)) names.push_back(d->name);
    }
  }
  if (names.empty()) return;
  warnings.push_back(fmt::format(
      "the rented boxes have enough GPUs, but not side by side, for every replica of: {}",
      enumerate(names)));
}

/// Of the exact method, asked for by name: it met a limit before it knew anything.
void warn_unsearched(const Plan& plan, Warnings& warnings) {
  if (plan.method != "milp" || plan.status != "limit" || plan.lower_bound) return;
  warnings.push_back(
      "the exact method was stopped, or met a limit, before it proved a bound: how far this plan "
      "is "
      "from the cheapest is not known (--bound says)");
}

}  // namespace

std::vector<std::string> plan_warnings(const Fleet& fleet, const Plan& plan) {
  Warnings warnings;
  warn_extrapolated(fleet, plan, warnings);
  warn_unverified_quality(fleet, plan, warnings);
  warn_quantized(fleet, plan, warnings);
  warn_spot(plan, warnings);
  warn_planned_for_less(plan, warnings);
  warn_full(plan, warnings);
  warn_idle(plan, warnings);
  warn_split_replicas(plan, warnings);
  warn_unsearched(plan, warnings);
  return warnings;
}

std::string lost_warning(int lost) {
  return std::to_string(lost) + (lost == 1 ? " replica that runs has" : " replicas that run have") +
         " no place in this fleet, under its limits, and must stop";
}

}  // namespace berth
