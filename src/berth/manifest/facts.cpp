#include "berth/manifest/facts.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/plan/engine_args.h"

namespace berth {
namespace {

constexpr std::string_view kAgainst = "--against FLEET.yaml names the catalog it was planned with";

/// GPUs of the largest box of a pool: of those the plan rents, else of those the fleet offers.
int largest_box(const Plan& plan, const Fleet* fleet, const std::string& pool) {
  int box = 0;
  for (const PlanOffer& offer : plan.offers) {
    if (offer.pool == pool && offer.boxes > 0) box = std::max(box, offer.gpus / offer.boxes);
  }
  if (box > 0 || fleet == nullptr) return box;
  for (const FleetPool& own : fleet->pools) {
    if (own.name != pool) continue;
    for (const FleetOffer& offer : own.offers) box = std::max(box, offer.lot);
  }
  return box;
}

void add_gpu(const PlanDeployment& d, const GpuType& gpu, int box, DeploymentFacts& facts) {
  facts.vendor = gpu.vendor;
  facts.gpu_names = {d.gpu, gpu.name};
  facts.gpu_names.insert(facts.gpu_names.end(), gpu.aliases.begin(), gpu.aliases.end());
  const int node = std::max(1, gpu.gpus_per_node);
  facts.node_gpus = box > 0 ? std::min(box, node) : node;
}

void add_model(const ModelSpec& model, Precision precision, DeploymentFacts& facts) {
  facts.model = model.name;
  facts.repository = engine_model(model);
  facts.weight_bytes = model.parameters * bytes_per_parameter(precision);
  // Engines turn 16-bit weights into fp8 while they load them.
  facts.native_precision = precision == Precision::kBf16 || precision == Precision::kFp8 ||
                           (!model.precisions.empty() && model.precisions.front() == precision);
}

std::string unknown_suggestion(const std::string& name, const std::vector<std::string>& known) {
  const auto close = closest_match(name, known);
  return close ? "did you mean '" + *close + "'? " + std::string(kAgainst) : std::string(kAgainst);
}

}  // namespace

Result<DeployFacts> deploy_facts(const Plan& plan, const Catalog& catalog, const Fleet* fleet) {
  const Catalog& known = fleet != nullptr ? fleet->catalog : catalog;
  DeployFacts facts;
  if (fleet != nullptr) facts.switching = fleet->policy.switching;
  Errors errors;
  for (std::size_t k = 0; k < plan.deployments.size(); ++k) {
    const PlanDeployment& d = plan.deployments[k];
    DeploymentFacts& row = facts.deployments.emplace_back();
    const auto unknown = [&](const std::string& key, const std::string& message,
                             const std::string& suggestion) {
      errors.push_back({ErrorCode::kUnknownName, message, fmt::format("/deployments/{}/{}", k, key),
                        suggestion});
    };
    if (const auto gpu = known.find_gpu(d.gpu)) {
      add_gpu(d, known.gpu(*gpu), largest_box(plan, fleet, d.pool), row);
    } else {
      unknown("gpu", "the catalog has no GPU '" + d.gpu + "'",
              unknown_suggestion(d.gpu, known.gpu_names()));
    }
    const auto model = known.find_model(d.model);
    const auto precision = precision_from(d.precision);
    if (!model) {
      unknown("model", "the catalog has no model '" + d.model + "'",
              unknown_suggestion(d.model, known.model_names()));
    }
    if (!precision) unknown("precision", "unknown precision '" + d.precision + "'", "");
    if (model && precision) add_model(known.model(*model), *precision, row);
  }
  if (!errors.empty()) return errors;
  return facts;
}

}  // namespace berth
