#include "tests/plan/planned_fleet.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <vector>

#include "berth/core/tolerance.h"

namespace berth::test {
namespace {

/// Pairs of a class by the GPUs they take, least first.
std::vector<std::size_t> by_gpus(const Instance& instance, ClassId id) {
  const auto& columns = instance.columns();
  std::vector<std::size_t> order;
  for (std::size_t p = instance.first_pair(id); p < instance.end_pair(id); ++p) order.push_back(p);
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    const auto gpus = [&](std::size_t p) {
      return columns.pairs.load[p] * columns.options.units[columns.pairs.option[p].index()];
    };
    return gpus(a) < gpus(b);
  });
  const double limit = columns.classes.max_error[id.index()];
  std::erase_if(order, [&](std::size_t p) { return columns.pairs.error[p] > limit; });
  return order;
}

void rent(const Instance& instance, Solution& solution) {
  const auto& columns = instance.columns();
  std::vector<int> needed(instance.pool_count(), 0);
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    needed[columns.options.pool[d].index()] += solution.replicas[d] * columns.options.units[d];
  }
  for (std::size_t r = 0; r < needed.size(); ++r) {
    for (const OfferId offer : instance.offers_of(PoolId(r))) {
      if (needed[r] == 0 || columns.offers.max[offer.index()] != kUnlimited) continue;
      const int lot = columns.offers.lot[offer.index()];
      solution.boxes[offer.index()] = (needed[r] + lot - 1) / lot;
      break;
    }
  }
}

}  // namespace

const std::string_view kTwoPools = R"yaml(format: berth.fleet/1
models: [llama-3.1-8b, llama-3.1-70b, qwen2.5-32b]
pools:
  - {name: big, gpu: h100-sxm, offers: [{name: reserved, lot: 8, cost: 16.0, max: 1}, {name: on-demand, lot: 8, cost: 55.04}]}
  - {name: small, gpu: l40s, offers: [{name: spot, lot: 1, cost: 0.6}, {name: on-demand, lot: 4, cost: 7.444}]}
classes:
  - name: chat
    rate: 12.5
    prompt_tokens: {mean: 1155, std: 600}
    output_tokens: {mean: 211, std: 100}
    slo: {ttft: 2s, tpot: 60ms, percentile: 0.95}
    quality: {task: general, min: 0.6, mode: average}
    delay_cost: 0.0001
  - name: code
    rate: 3
    prompt_tokens: {mean: 3000, std: 900}
    output_tokens: {mean: 60, std: 30}
    slo: {ttft: 4s, tpot: 80ms, e2e: 30s, percentile: 0.9}
    quality: {task: general, min: 0.7, mode: strict}
    unmet: {max: 0.1, cost: 0.01}
  - name: batch
    rate: 0.5
    prompt_tokens: 2000
    output_tokens: 400
    slo: {ttft: null, tpot: null, e2e: null}
    quality: {task: general, min: 0}
budget: 5000
)yaml";

Solution naive_solution(const Instance& instance) {
  const auto& columns = instance.columns();
  Solution solution;
  solution.replicas.assign(instance.option_count(), 0);
  solution.boxes.assign(instance.offer_count(), 0);
  solution.unmet.assign(instance.class_count(), 0.0);
  std::vector<double> load(instance.option_count(), 0.0);
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    const ClassId id(i);
    const std::vector<std::size_t> pairs = by_gpus(instance, id);
    if (pairs.empty()) throw std::runtime_error("a class without options");
    solution.unmet[i] = columns.classes.max_unmet[i] / 2;
    const double served = 1.0 - solution.unmet[i];
    const bool split = i == 0 && pairs.size() > 1 && instance.group_count() == 0;
    const std::vector<double> shares =
        split ? std::vector{0.625 * served, 0.375 * served} : std::vector{served};
    for (std::size_t k = 0; k < shares.size(); ++k) {
      const OptionId option = columns.pairs.option[pairs[k]];
      solution.routes.push_back({id, option, shares[k]});
      load[option.index()] += shares[k] * columns.pairs.load[pairs[k]];
    }
  }
  std::sort(solution.routes.begin(), solution.routes.end(), [](const Route& a, const Route& b) {
    return std::pair(a.query_class, a.option) < std::pair(b.query_class, b.option);
  });
  for (std::size_t d = 0; d < load.size(); ++d) {
    solution.replicas[d] = static_cast<int>(std::ceil(load[d] - tolerance::kLoad / 2));
  }
  rent(instance, solution);
  return solution;
}

Planned plan_fleet(std::string_view yaml) {
  Result<Fleet> fleet = parse_fleet("fleet.yaml", yaml, BERTH_SOURCE_DIR "/data/fleets");
  if (!fleet) throw std::runtime_error(to_string(fleet.errors().front()));
  Result<BuiltInstance> built = build_instance(*fleet);
  if (!built) throw std::runtime_error(to_string(built.errors().front()));
  Planned planned{*std::move(fleet), *std::move(built), {}, {}};
  planned.solution = naive_solution(planned.built.instance);
  const SolverReport report{"naive", "feasible", 1.0, 0.25, 0.125};
  planned.plan = assemble_plan(planned.fleet, planned.built, planned.solution, report);
  return planned;
}

}  // namespace berth::test
