#include "berth/plan/check_plan.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "berth/instance/planned_for.h"
#include "berth/plan/check_reported.h"
#include "berth/plan/resolve_plan.h"
#include "berth/plan/robustness.h"

namespace berth {
namespace {

/// The small instance that holds just this plan: its deployments as options, its routes as pairs,
/// and all offers of the fleet.
class SmallProblem {
 public:
  SmallProblem(const Fleet& fleet, const Plan& plan, const ResolvedPlan& resolved)
      : fleet_(fleet), plan_(plan), resolved_(resolved) {
    if (fleet.policy.survival.asked()) usual_ = usual_day(fleet);
    add_classes();
    add_offers();
    add_options();
    add_routes();
  }

  /// Errors: kInternal if the fleet itself cannot be an instance.
  Result<std::vector<Violation>> check_rules() {
    const Result<Instance> instance = Instance::make(std::move(columns_));
    if (!instance) return instance.errors();
    Claims claims;
    claims.objective = plan_.cost.total() - plan_.cost.switching;
    if (delay_agrees(plan_.cost.delay, delay_, plan_.routes.size())) {
      *claims.objective += delay_ - plan_.cost.delay;
    }
    // A bound holds for all that a plan costs, its change included, which these rules do not know.
    if (plan_.lower_bound) {
      claims.lower_bound = *plan_.lower_bound - plan_.cost.switching.usd();
    }
    std::vector<Violation> violations = check(*instance, solution_, claims);
    // The reasons why a pair does not exist say more than that it does not.
    std::erase_if(violations, [](const Violation& v) { return v.rule == Rule::kPair; });
    violations.insert(violations.end(), pair_violations_.begin(), pair_violations_.end());
    return violations;
  }

  [[nodiscard]] const RoutePhysics& physics() const { return physics_; }

 private:
  void add_classes() {
    auto& classes = columns_.classes;
    for (const FleetClass& c : fleet_.classes) {
      classes.name.push_back(c.traffic.name);
      classes.unmet_cost.push_back(unmet_cost(c));
      classes.max_unmet.push_back(c.max_unmet);
      classes.max_delay.push_back(kNoLimit);
      const bool average = c.quality.mode == QualityFloor::Mode::kAverage;
      const double factor = planned_for(fleet_.policy, c.margin).average_error;
      classes.max_error.push_back(average ? (1.0 - c.quality.min) / factor : kNoLimit);
    }
    columns_.uncertainty = uncertainty_of(fleet_);
    solution_.unmet.assign(fleet_.classes.size(), 0.0);
    for (std::size_t k = 0; k < plan_.classes.size(); ++k) {
      solution_.unmet[resolved_.classes[k].index()] = plan_.classes[k].unmet;
    }
  }

  void add_offers() {
    std::map<std::pair<PoolId, std::size_t>, std::int32_t> boxes;
    for (std::size_t k = 0; k < plan_.offers.size(); ++k) {
      boxes[{resolved_.offers[k].pool, resolved_.offers[k].rank}] = plan_.offers[k].boxes;
    }
    for (std::size_t p = 0; p < fleet_.pools.size(); ++p) {
      columns_.pools.name.push_back(fleet_.pools[p].name);
      for (std::size_t rank = 0; rank < fleet_.pools[p].offers.size(); ++rank) {
        const FleetOffer& offer = fleet_.pools[p].offers[rank];
        columns_.offers.name.push_back(fleet_.pools[p].name + "/" + offer.name);
        columns_.offers.pool.emplace_back(p);
        columns_.offers.lot.push_back(offer.lot);
        columns_.offers.cost.push_back(offer.cost);
        columns_.offers.max.push_back(offer.max.value_or(kUnlimited));
        solution_.boxes.push_back(boxes[{PoolId(p), rank}]);
      }
    }
    if (fleet_.budget) columns_.budget = *fleet_.budget;
  }

  void add_options() {
    std::map<std::pair<ModelId, GpuId>, std::int32_t> groups;
    auto& options = columns_.options;
    for (std::size_t d = 0; d < plan_.deployments.size(); ++d) {
      const OptionSpec& spec = resolved_.deployments[d];
      const GpuId gpu = fleet_.pools[spec.pool.index()].gpu;
      std::int32_t group = kNoGroup;
      if (fleet_.policy.one_config_per_model_and_gpu) {
        const auto next = static_cast<std::int32_t>(groups.size());
        const auto [entry, added] = groups.try_emplace({spec.model, gpu}, next);
        group = entry->second;
        if (added) {
          options.group_name.push_back(fleet_.catalog.model(spec.model).name + " on " +
                                       fleet_.catalog.gpu(gpu).name);
        }
      }
      options.name.push_back(plan_.deployments[d].name);
      options.pool.push_back(spec.pool);
      options.units.push_back(spec.tensor_parallel * spec.pipeline_parallel);
      options.fixed_cost.emplace_back();
      options.max_replicas.push_back(kUnlimited);
      options.group.push_back(group);
      solution_.replicas.push_back(plan_.deployments[d].replicas);
    }
  }

  void add_routes() {
    std::set<std::pair<ClassId, OptionId>> seen;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      const ClassId query_class = resolved_.routes[k].query_class;
      const OptionId option(resolved_.routes[k].deployment);
      solution_.routes.push_back({query_class, option, plan_.routes[k].share});
      const auto verdict =
          evaluate_pair(fleet_, resolved_.deployments[option.index()], query_class);
      const std::string where = plan_.routes[k].query_class + " -> " + plan_.routes[k].deployment;
      const auto* physics = std::get_if<PairPhysics>(&verdict);
      physics_.push_back(physics != nullptr ? std::optional(*physics) : std::nullopt);
      if (physics == nullptr) {
        pair_violations_.push_back({Rule::kPair, where,
                                    fmt::format("this deployment cannot serve this class: {}",
                                                to_string(std::get<PairRejection>(verdict)))});
        continue;
      }
      if (!seen.emplace(query_class, option).second) {
        pair_violations_.push_back({Rule::kPair, where, "the route is listed twice"});
        continue;
      }
      columns_.pairs.option.push_back(option);
      columns_.pairs.query_class.push_back(query_class);
      columns_.pairs.load.push_back(physics->load);
      columns_.pairs.delay.push_back(physics->mean_delay_s);
      columns_.pairs.error.push_back(physics->error);
      columns_.pairs.cost.push_back(delay_cost(fleet_.classes[query_class.index()], *physics));
      delay_ += columns_.pairs.cost.back().share(plan_.routes[k].share);
    }
    if (usual_) report_usual_day();
    settle_waits();
    std::sort(solution_.routes.begin(), solution_.routes.end(), [](const Route& a, const Route& b) {
      return std::pair(a.query_class, a.option) < std::pair(b.query_class, b.option);
    });
  }

  /// What is reported is of the day as stated. The cost of delay follows from what was planned for.
  void report_usual_day() {
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      const ResolvedRoute& route = resolved_.routes[k];
      const auto usual =
          evaluate_pair(*usual_, resolved_.deployments[route.deployment], route.query_class);
      const auto* physics = std::get_if<PairPhysics>(&usual);
      if (!physics_[k] || physics == nullptr) continue;  // its limits are wider: it never fails
      const double delay = physics_[k]->mean_delay_s;
      physics_[k] = *physics;
      physics_[k]->mean_delay_s = delay;
    }
  }

  /// TTFT, TPOT and E2E at the fill that the plan's own replicas and shares give each deployment.
  void settle_waits() {
    std::vector<double> load(plan_.deployments.size(), 0.0);
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (physics_[k])
        load[resolved_.routes[k].deployment] += plan_.routes[k].share * physics_[k]->load;
    }
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (!physics_[k]) continue;
      const std::size_t d = resolved_.routes[k].deployment;
      const double replicas = std::max(1, plan_.deployments[d].replicas);
      const double fill = std::clamp(load[d] / replicas, 0.0, 1.0);
      const auto settled = evaluate_pair(usual_ ? *usual_ : fleet_, resolved_.deployments[d],
                                         resolved_.routes[k].query_class, fill);
      const auto& at_fill = std::get<PairPhysics>(settled);
      physics_[k]->ttft_s = at_fill.ttft_s;
      physics_[k]->tpot_s = at_fill.tpot_s;
      physics_[k]->e2e_s = at_fill.e2e_s;
    }
  }

  const Fleet& fleet_;
  std::optional<Fleet> usual_;  // where the plan survives more than that
  const Plan& plan_;
  const ResolvedPlan& resolved_;
  InstanceColumns columns_;
  Solution solution_;
  RoutePhysics physics_;
  CostRate delay_;  // of all routes
  std::vector<Violation> pair_violations_;
};

bool has_margins(const Fleet& fleet, const Plan& plan) {
  return std::any_of(plan.classes.begin(), plan.classes.end(),
                     [](const PlanClass& row) { return !row.margin.none(); }) &&
         std::all_of(fleet.classes.begin(), fleet.classes.end(),
                     [](const FleetClass& c) { return c.margin.none(); });
}

/// The fleet with the margins and the robustness that the plan says it was made with.
Fleet as_planned(const Fleet& fleet, const Plan& plan) {
  Fleet copy = fleet;
  if (plan.robust) apply_robustness(*plan.robust, copy.policy);
  if (!has_margins(fleet, plan)) return copy;
  for (const PlanClass& row : plan.classes) {
    for (FleetClass& c : copy.classes) {
      if (c.traffic.name == row.name) c.margin = row.margin;
    }
  }
  return copy;
}

/// `fleet` is as the plan was made for.
Result<std::vector<Violation>> check_beside(const Fleet& fleet, const Plan& plan) {
  const Result<ResolvedPlan> resolved = resolve_plan(fleet, plan);
  if (!resolved) return resolved.errors();
  SmallProblem problem(fleet, plan, *resolved);
  Result<std::vector<Violation>> violations = problem.check_rules();
  if (!violations) return violations;
  const std::vector<Violation> reported = check_reported(fleet, plan, *resolved, problem.physics());
  violations->insert(violations->end(), reported.begin(), reported.end());
  return violations;
}

}  // namespace

Result<std::vector<Violation>> check_plan(const Fleet& fleet, const Plan& plan) {
  const bool otherwise =
      has_margins(fleet, plan) || (plan.robust && plan.robust != robustness_of(fleet.policy));
  return otherwise ? check_beside(as_planned(fleet, plan), plan) : check_beside(fleet, plan);
}

}  // namespace berth
