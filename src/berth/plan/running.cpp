#include "berth/plan/running.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include "berth/perf/memory.h"

namespace berth {
namespace {

/// More replicas of one option than any fleet has, few enough to be added up.
constexpr std::int32_t kMostRunning = 1'000'000;

std::optional<OptionSpec> option_of(const Fleet& fleet, const PlanDeployment& row) {
  OptionSpec option;
  const auto model = fleet.catalog.find_model(row.model);
  const bool known =
      model && std::find(fleet.models.begin(), fleet.models.end(), *model) != fleet.models.end();
  const auto pool = std::find_if(fleet.pools.begin(), fleet.pools.end(),
                                 [&](const FleetPool& p) { return p.name == row.pool; });
  const auto precision = precision_from(row.precision);
  if (!known || pool == fleet.pools.end() || !precision) return std::nullopt;
  option.model = *model;
  option.pool = PoolId(static_cast<std::size_t>(pool - fleet.pools.begin()));
  option.precision = *precision;
  option.tensor_parallel = row.tensor_parallel;
  option.pipeline_parallel = row.pipeline_parallel;
  option.tpot_target = row.tpot_target;
  return option;
}

/// USD/h of a GPU where the pool rents it cheapest; 0 where it rents none.
double cheapest_gpu(const FleetPool& pool) {
  double least = std::numeric_limits<double>::infinity();
  for (const FleetOffer& offer : pool.offers) {
    if (offer.max.value_or(1) > 0) least = std::min(least, offer.cost.usd() / offer.lot);
  }
  return std::isfinite(least) ? least : 0.0;
}

/// Boxes of an offer that run.
std::int32_t boxes_of(const Plan& plan, const std::string& pool, const std::string& offer) {
  for (const PlanOffer& row : plan.offers) {
    if (row.pool == pool && row.offer == offer) return std::max(0, row.boxes);
  }
  return 0;
}

/// A sum of money that is no more than can be counted.
CostRate over(double usd, Seconds hold) {
  return CostRate::usd_per_hour(
      std::min(usd / (hold.value / kSecondsPerHour), 0.5 * CostRate::kMaxUsdPerHour));
}

/// Replicas of one option in two plans; without an option: of what the fleet does not have.
struct ShapeChange {
  std::optional<OptionSpec> option;
  int before = 0;
  int after = 0;
};

std::vector<ShapeChange> shape_changes(const Fleet& fleet, const Plan& current, const Plan& next) {
  std::vector<ShapeChange> changes;
  const auto count = [&](const Plan& plan, int ShapeChange::*side) {
    for (const PlanDeployment& row : plan.deployments) {
      const auto option = option_of(fleet, row);
      auto found = std::find_if(changes.begin(), changes.end(), [&](const ShapeChange& change) {
        return option && change.option == option;
      });
      if (found == changes.end()) {
        changes.push_back({option});
        found = changes.end() - 1;
      }
      (*found).*side += std::max(0, row.replicas);
    }
  };
  count(current, &ShapeChange::before);
  count(next, &ShapeChange::after);
  return changes;
}

}  // namespace

Seconds start_time(const Fleet& fleet, const OptionSpec& option) {
  const SwitchingPolicy& policy = fleet.policy.switching;
  const Deployment deployment = deployment_of(fleet, option);
  const double weights = memory_use(deployment).weights * deployment.gpus();
  return policy.engine_start + Seconds{weights / policy.load_bandwidth};
}

std::vector<OptionSpec> running_options(const Fleet& fleet, const Plan& current) {
  std::vector<OptionSpec> options;
  for (const PlanDeployment& row : current.deployments) {
    if (row.replicas <= 0) continue;
    if (const auto option = option_of(fleet, row)) options.push_back(*option);
  }
  return options;
}

BuiltInstance with_running(const Fleet& fleet, BuiltInstance built, const Plan& current,
                           std::optional<int> max_changes) {
  const SwitchingPolicy& policy = fleet.policy.switching;
  InstanceColumns columns = built.instance.columns();
  auto& now = columns.switching;
  now.replicas.assign(built.options.size(), 0);
  for (const PlanDeployment& row : current.deployments) {
    const auto option = option_of(fleet, row);
    if (!option || row.replicas <= 0) continue;
    const auto found = std::find(built.options.begin(), built.options.end(), *option);
    if (found == built.options.end()) continue;
    std::int32_t& replicas = now.replicas[static_cast<std::size_t>(found - built.options.begin())];
    replicas = std::min(kMostRunning - replicas, row.replicas) + replicas;
  }
  for (std::size_t d = 0; d < built.options.size(); ++d) {
    const OptionSpec& option = built.options[d];
    const double rent = columns.options.units[d] * cheapest_gpu(fleet.pools[option.pool.index()]);
    const auto paid = [&](Seconds time) {
      return over(time.value / kSecondsPerHour * rent, policy.hold);
    };
    now.start_cost.push_back(paid(start_time(fleet, option)));
    now.stop_cost.push_back(paid(policy.drain));
  }
  for (const FleetPool& pool : fleet.pools) {
    for (const FleetOffer& offer : pool.offers) {
      now.boxes.push_back(boxes_of(current, pool.name, offer.name));
      const double start = policy.box_start.value / kSecondsPerHour * offer.cost.usd();
      now.rent_cost.push_back(over(start, policy.hold));
    }
  }
  int running = 0;
  for (const PlanDeployment& row : current.deployments) running += std::max(0, row.replicas);
  const int lost = running - std::accumulate(now.replicas.begin(), now.replicas.end(), 0);
  if (max_changes) now.max_changes = std::max(0, *max_changes - lost);
  Result<Instance> instance = Instance::make(std::move(columns));
  assert(instance.ok());  // the columns of an instance, and numbers made here
  built.instance = *std::move(instance);
  return built;
}

int lost_replicas(const BuiltInstance& built, const Plan& current) {
  const auto& now = built.instance.columns().switching;
  int lost = -std::accumulate(now.replicas.begin(), now.replicas.end(), 0);
  for (const PlanDeployment& row : current.deployments) lost += std::max(0, row.replicas);
  return lost;
}

PlanSwitching switching_between(const Fleet& fleet, const Plan& current, const Plan& next) {
  const SwitchingPolicy& policy = fleet.policy.switching;
  PlanSwitching result;
  result.from = current.fleet;
  result.hold_s = policy.hold.value;
  std::vector<std::uint8_t> grows(fleet.pools.size(), 0);
  for (std::size_t r = 0; r < fleet.pools.size(); ++r) {
    const FleetPool& pool = fleet.pools[r];
    for (const FleetOffer& offer : pool.offers) {
      const int more =
          boxes_of(next, pool.name, offer.name) - boxes_of(current, pool.name, offer.name);
      if (more <= 0) continue;
      result.boxes += more;
      result.usd += more * offer.cost.usd() * policy.box_start.value / kSecondsPerHour;
      grows[r] = 1;
    }
  }
  for (const ShapeChange& change : shape_changes(fleet, current, next)) {
    const int more = change.after - change.before;
    result.started += std::max(0, more);
    result.stopped += std::max(0, -more);
    if (!change.option) continue;
    const OptionSpec& option = *change.option;
    const std::size_t pool = option.pool.index();
    const double rent = option.tensor_parallel * option.pipeline_parallel *
                        cheapest_gpu(fleet.pools[pool]) / kSecondsPerHour;
    const Seconds start = start_time(fleet, option);
    result.usd += rent * (more > 0 ? more * start.value : -more * policy.drain.value);
    if (more <= 0) continue;
    const double box = grows[pool] != 0 ? policy.box_start.value : 0.0;
    result.ready_s = std::max(result.ready_s, start.value + box);
  }
  return result;
}

}  // namespace berth
