// What clusters do without a planner: every deployment follows its own utilisation.

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <variant>

#include "berth/instance/build.h"
#include "berth/plan/resolve_plan.h"
#include "berth/replay/policy.h"
#include "berth/solve/rental.h"

namespace berth {
namespace {

// Kubernetes' horizontal pod autoscaler: a change of less than a tenth is none, and replicas go
// only when they were not needed for five minutes (here: a whole window) either.
constexpr double kTarget = 0.8;  // of the load the SLOs allow
constexpr double kTolerance = 0.1;

class ThresholdPolicy : public ReplayPolicy {
 public:
  explicit ThresholdPolicy(const ReplayWorld& world) : world_(world), fleet_(world.fleet) {}

  Result<Plan> decide(std::size_t window, const Plan* running) override {
    if (running == nullptr) return begin();
    set_true_demand(world_, window - 1, fleet_);
    Plan plan = *running;
    for (std::size_t d = 0; d < plan.deployments.size(); ++d) {
      const int wanted = wanted_replicas(plan.deployments[d].replicas, load_of(plan, d));
      plan.deployments[d].replicas = std::max(wanted, asked_before_[d]);
      asked_before_[d] = wanted;
    }
    fit_into_pools(plan);
    rent(plan);
    return plan;
  }

  /// It reacts to the window before, whatever others know.
  [[nodiscard]] bool knows(ForecastKind) const override { return false; }

 private:
  Result<Plan> begin() {
    Result<Plan> plan = plan_for_mean(world_);
    if (!plan) return plan;
    Result<ResolvedPlan> resolved = resolve_plan(world_.fleet, *plan);
    if (!resolved) return resolved.errors();
    resolved_ = *std::move(resolved);
    for (const PlanDeployment& row : plan->deployments) asked_before_.push_back(row.replicas);
    return plan;
  }

  /// Replicas that the routes into a deployment fill in the window before, at the plan's shares.
  [[nodiscard]] double load_of(const Plan& plan, std::size_t d) const {
    double load = 0.0;
    for (std::size_t k = 0; k < plan.routes.size(); ++k) {
      if (resolved_.routes[k].deployment != d) continue;
      const auto physics =
          evaluate_pair(fleet_, resolved_.deployments[d], resolved_.routes[k].query_class);
      const auto* pair = std::get_if<PairPhysics>(&physics);
      // What no number of replicas serves within the limits asks for no more of them.
      const double full = pair != nullptr ? pair->load / (1.0 + fleet_.policy.headroom)
                                          : kTarget * plan.deployments[d].replicas;
      load += plan.routes[k].share * full;
    }
    return load;
  }

  static int wanted_replicas(int replicas, double load) {
    const double ratio = load / (kTarget * std::max(1, replicas));
    if (replicas > 0 && std::abs(ratio - 1.0) <= kTolerance) return replicas;
    constexpr double kMost = 1e6;
    return static_cast<int>(std::clamp(std::ceil(load / kTarget), 1.0, kMost));
  }

  /// Quotas: the last deployments of a pool that asks for more than there is get less.
  void fit_into_pools(Plan& plan) const {
    for (const FleetPool& pool : fleet_.pools) {
      double left = 0.0;
      for (const FleetOffer& offer : pool.offers) {
        left += offer.max ? static_cast<double>(*offer.max) * offer.lot
                          : std::numeric_limits<double>::infinity();
      }
      for (PlanDeployment& row : plan.deployments) {
        if (row.pool != pool.name) continue;
        const int units = row.tensor_parallel * row.pipeline_parallel;
        row.replicas = static_cast<int>(std::min<double>(row.replicas, std::floor(left / units)));
        row.gpus = row.replicas * units;
        left -= row.gpus;
      }
    }
  }

  /// The cheapest boxes for the replicas there are.
  void rent(Plan& plan) const {
    plan.offers.clear();
    plan.cost.rental = CostRate{};
    for (const FleetPool& pool : fleet_.pools) {
      std::int64_t gpus = 0;
      for (const PlanDeployment& row : plan.deployments) {
        if (row.pool == pool.name) gpus += row.gpus;
      }
      for (const PlanOffer& offer : cheapest_boxes(pool, gpus)) {
        plan.cost.rental += offer.cost;
        plan.offers.push_back(offer);
      }
    }
  }

  static std::vector<PlanOffer> cheapest_boxes(const FleetPool& pool, std::int64_t gpus) {
    InstanceColumns columns;
    columns.pools.name.push_back(pool.name);
    for (const FleetOffer& offer : pool.offers) {
      columns.offers.name.push_back(offer.name);
      columns.offers.pool.emplace_back(0U);
      columns.offers.lot.push_back(offer.lot);
      columns.offers.cost.push_back(offer.cost);
      columns.offers.max.push_back(offer.max.value_or(kUnlimited));
    }
    const Instance instance = Instance::make(std::move(columns)).value();
    const PoolRental rental(instance, PoolId(0));
    std::vector<std::int32_t> boxes(pool.offers.size(), 0);
    rental.choose(std::min(gpus, rental.obtainable()), boxes);
    std::vector<PlanOffer> offers;
    for (std::size_t o = 0; o < boxes.size(); ++o) {
      if (boxes[o] == 0) continue;
      const FleetOffer& offer = pool.offers[o];
      offers.push_back(
          {pool.name, offer.name, boxes[o], boxes[o] * offer.lot, offer.cost * boxes[o]});
    }
    return offers;
  }

  const ReplayWorld& world_;
  Fleet fleet_;
  ResolvedPlan resolved_;
  std::vector<int> asked_before_;
};

}  // namespace

std::unique_ptr<ReplayPolicy> make_threshold_policy(const ReplayWorld& world) {
  return std::make_unique<ThresholdPolicy>(world);
}

}  // namespace berth
