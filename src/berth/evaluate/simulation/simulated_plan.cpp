#include "berth/evaluate/simulation/simulated_plan.h"

#include <algorithm>

#include "berth/instance/options.h"
#include "berth/plan/resolve_plan.h"

namespace berth {
namespace {

double limit_of(const std::optional<Seconds>& limit) { return limit ? limit->value : 1e300; }

SimulatedClass class_of(const FleetClass& c) {
  SimulatedClass row;
  row.name = c.traffic.name;
  row.limits = {limit_of(c.slo.ttft), limit_of(c.slo.tpot), limit_of(c.slo.e2e)};
  row.percentile = c.slo.percentile;
  row.prefix_reuse = c.traffic.prefix_reuse;
  row.rate = c.traffic.rate;
  return row;
}

}  // namespace

Result<SimulatedPlan> simulated_plan(const Fleet& fleet, const Plan& plan) {
  const Result<ResolvedPlan> resolved = resolve_plan(fleet, plan);
  if (!resolved) return resolved.errors();
  SimulatedPlan result;
  for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
    const PlanDeployment& row = plan.deployments[d];
    EngineLimits limits;
    limits.max_num_seqs = std::max(1, row.max_num_seqs);
    limits.max_num_batched_tokens = std::max(limits.max_num_batched_tokens, limits.max_num_seqs);
    result.deployments.push_back(
        {row.name, row.pool, row.replicas,
         StepModel(deployment_of(fleet, resolved->deployments[d]), limits)});
  }
  for (const FleetClass& c : fleet.classes) result.classes.push_back(class_of(c));
  for (std::size_t k = 0; k < plan.classes.size(); ++k) {
    result.classes[resolved->classes[k].index()].unmet = plan.classes[k].unmet;
  }
  for (std::size_t r = 0; r < plan.routes.size(); ++r) {
    const ResolvedRoute& route = resolved->routes[r];
    result.routes.push_back({static_cast<std::uint32_t>(route.query_class.index()),
                             static_cast<std::uint32_t>(route.deployment), plan.routes[r].share});
  }
  std::stable_sort(result.routes.begin(), result.routes.end(),
                   [](const SimulatedRoute& a, const SimulatedRoute& b) {
                     return a.query_class < b.query_class;
                   });
  return result;
}

}  // namespace berth
