#include "tests/output/sample_simulation.h"

#include <cmath>
#include <limits>
#include <map>

namespace berth::test {
namespace {

constexpr std::size_t kKinds = 5;  // holds, unsure, misses, loses, never measured

LatencyEstimate times(double p50) {
  const auto at = [](double seconds) { return Estimate{seconds, 0.04 * seconds}; };
  return {at(1.1 * p50), at(p50), at(1.8 * p50), at(2.25 * p50), at(3.5 * p50), at(2.25 * p50)};
}

LatencyReport latency(std::uint64_t measured, double share) {
  LatencyReport l;
  l.measured = measured;
  l.ttft = times(0.1234);
  l.tpot = times(0.0131);
  l.e2e = times(3.21);
  if (measured > 0) l.itl.add(0.02, 1000);
  l.attainment = {share, 0.01};
  l.ttft_within = {share, 0.01};
  l.tpot_within = {1.0, 0.0};
  l.e2e_within = {1.0, std::numeric_limits<double>::infinity()};
  l.goodput = 1.5 * share;
  l.tokens_per_s = 210.0;
  return l;
}

ClassReport class_report(const PlanClass& planned, std::size_t kind) {
  ClassReport row;
  row.name = planned.name;
  row.percentile = planned.slo.percentile;
  if (planned.slo.ttft) row.limits.ttft = planned.slo.ttft->value;
  if (planned.slo.tpot) row.limits.tpot = planned.slo.tpot->value;
  const double spare[kKinds] = {0.02, 0.005, -0.1, 0.02, 0.0};
  row.requests = {10'000, 10'000, 0, 0};
  if (kind == 3) row.requests = {10'000, 8'000, 1'500, 500};
  if (kind == 4) row.requests = {};
  row.latency = latency(kind == 4 ? 0 : 9'000, row.percentile + spare[kind]);
  if (kind == 0) row.latency.attainment.half = 1e-3;
  row.latency.e2e_within = {1.0, kind == 0 ? 0.0 : std::numeric_limits<double>::infinity()};
  row.slo_met = kind < 2;
  row.proven = kind == 0;
  return row;
}

}  // namespace

SimulationReport sample_simulation(const Plan& plan) {
  SimulationReport report;
  report.simulated_s = 95.0;
  report.wall_s = 0.25;
  report.replications = 2;
  report.unassigned = 7;
  for (std::size_t c = 0; c < plan.classes.size(); ++c) {
    report.classes.push_back(class_report(plan.classes[c], c % kKinds));
    report.requests.add(report.classes.back().requests);
  }
  std::map<std::string, PoolReport> pools;
  for (const PlanDeployment& planned : plan.deployments) {
    DeploymentReport row;
    row.name = planned.name;
    row.pool = planned.pool;
    row.replicas = planned.replicas;
    row.requests = {5'000, 4'990, 10, 0};
    row.latency = latency(4'500, 0.9);
    row.utilization = 0.62;
    row.mean_running = 12.5;
    row.mean_waiting = 0.75;
    row.kv_usage = 0.31;
    row.preemptions = 1'234;
    row.timeline_s = 10.0;
    for (int k = 0; k < 10; ++k) {  // the last one is half as long
      const double whole = row.replicas * (k < 9 ? 10.0 : 5.0);
      row.timeline.push_back({0.1 * k * whole, 2.0 * k * whole, 0.5 * whole, 0.05 * k * whole});
    }
    PoolReport& pool = pools[row.pool];
    pool.name = row.pool;
    pool.replicas += row.replicas;
    pool.latency = latency(4'500, 0.9);
    report.deployments.push_back(std::move(row));
  }
  for (auto& [name, pool] : pools) report.pools.push_back(std::move(pool));
  return report;
}

VerifiedPlan sample_verification(const Plan& plan, bool holds) {
  VerifiedPlan verified{{{*Instance::make({}), {}, {}}, {}, plan}, {}, {}, false, {}};
  verified.simulation = sample_simulation(plan);
  verified.holds = holds;
  const std::size_t classes = plan.classes.size();
  const std::string worst = plan.classes.empty() ? "" : plan.classes.back().name;
  const CostRate cost = plan.cost.total();
  const CostRate less = cost - CostRate::usd_per_hour(1.25);
  verified.rounds = {{less, 0, worst, 0.873},
                     {cost, holds ? classes : 0, holds ? "" : worst, 0.91}};
  if (holds) verified.rounds.push_back({cost + cost, classes, "", 1.0});
  if (!holds) verified.why_not = "nothing brings class '" + worst + "' within its limits";
  return verified;
}

}  // namespace berth::test
