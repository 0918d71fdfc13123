#include "berth/plan/migration_facts.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "berth/instance/build.h"

namespace berth {
namespace {

/// Loads of the routes of one plan.
class RouteLoads {
 public:
  RouteLoads(const Plan& plan, const Fleet* fleet) : plan_(plan) {
    for (const PlanClass& row : plan.classes) rates_[row.name] = row.rate;
    if (fleet == nullptr) return;
    fleet_ = *fleet;
    for (std::size_t i = 0; i < fleet_->classes.size(); ++i) {
      FleetClass& c = fleet_->classes[i];
      classes_[c.traffic.name] = ClassId(i);
      for (const PlanClass& row : plan.classes) {
        if (row.name != c.traffic.name) continue;
        if (row.rate > 0.0) c.traffic.rate = row.rate;
        c.margin = row.margin;
      }
    }
  }

  /// Replicas' worth, by route.
  std::vector<double> all() {
    std::map<std::string, std::vector<std::size_t>> routes_to;
    for (std::size_t k = 0; k < plan_.routes.size(); ++k) {
      if (plan_.routes[k].share > 0.0) routes_to[plan_.routes[k].deployment].push_back(k);
    }
    std::vector<double> loads(plan_.routes.size(), 0.0);
    for (const PlanDeployment& row : plan_.deployments) {
      const std::vector<std::size_t>& routes = routes_to[row.name];
      const std::vector<double> weights = weights_of(row, routes);
      double sum = 0.0;
      for (const double weight : weights) sum += weight;
      const double load = std::clamp(row.utilization, 0.0, 1.0) * row.replicas;
      for (std::size_t k = 0; k < routes.size(); ++k) {
        const double part = sum > 0.0 ? weights[k] / sum : 1.0 / static_cast<double>(routes.size());
        loads[routes[k]] = load * part;
      }
    }
    return loads;
  }

  /// Deployments whose load was divided by requests although there is a fleet.
  [[nodiscard]] const std::vector<std::string>& guessed() const { return guessed_; }

 private:
  std::vector<double> weights_of(const PlanDeployment& row,
                                 const std::vector<std::size_t>& routes) {
    std::vector<double> weights;
    const std::optional<OptionSpec> option = option_of(row);
    for (const std::size_t k : routes) {
      const PlanRoute& route = plan_.routes[k];
      const std::optional<double> load =
          routes.size() > 1 && option ? load_of(*option, route.query_class) : std::nullopt;
      if (!load) break;
      weights.push_back(route.share * *load);
    }
    if (weights.size() == routes.size()) return weights;
    if (fleet_ && routes.size() > 1) guessed_.push_back(row.name);
    weights.clear();
    for (const std::size_t k : routes) {
      weights.push_back(plan_.routes[k].share * rates_[plan_.routes[k].query_class]);
    }
    return weights;
  }

  /// Absent where the fleet does not know what the row names.
  [[nodiscard]] std::optional<OptionSpec> option_of(const PlanDeployment& row) const {
    if (!fleet_) return std::nullopt;
    OptionSpec option;
    const auto model = std::find_if(fleet_->models.begin(), fleet_->models.end(), [&](ModelId id) {
      return fleet_->catalog.model(id).name == row.model;
    });
    const auto pool = std::find_if(fleet_->pools.begin(), fleet_->pools.end(),
                                   [&](const FleetPool& p) { return p.name == row.pool; });
    const std::optional<Precision> precision = precision_from(row.precision);
    const bool known = model != fleet_->models.end() && pool != fleet_->pools.end() && precision;
    if (!known || (row.tpot_target && !(row.tpot_target->value > 0.0))) return std::nullopt;
    option.model = *model;
    option.pool = PoolId(static_cast<std::size_t>(pool - fleet_->pools.begin()));
    option.precision = *precision;
    option.tensor_parallel = row.tensor_parallel;
    option.pipeline_parallel = row.pipeline_parallel;
    option.tpot_target = row.tpot_target;
    return option;
  }

  [[nodiscard]] std::optional<double> load_of(const OptionSpec& option,
                                              const std::string& query_class) const {
    const auto found = classes_.find(query_class);
    if (found == classes_.end()) return std::nullopt;
    const auto verdict = evaluate_pair(*fleet_, option, found->second);
    const auto* physics = std::get_if<PairPhysics>(&verdict);
    return physics != nullptr ? std::optional(physics->load) : std::nullopt;
  }

  const Plan& plan_;
  std::optional<Fleet> fleet_;  // with the plan's rates
  std::map<std::string, double> rates_;
  std::map<std::string, ClassId> classes_;
  std::vector<std::string> guessed_;
};

class Facts {
 public:
  Facts(const Plan& old_plan, const Plan& new_plan, const PlanDiff& diff, const Fleet* fleet)
      : old_(old_plan), new_(new_plan), diff_(diff), fleet_(fleet) {}

  MigrationFacts gather() {
    for (const PlanShape& shape : diff_.shapes) {
      facts_.problem.units.push_back(
          {pool_index(shape.pool), shape.gpus, shape.before, shape.after, shape.replaces});
    }
    for (const ClassChange& row : diff_.classes) {
      facts_.problem.classes.push_back({row.rate_from.value_or(0.0), row.rate_to.value_or(0.0)});
    }
    add_flows();
    add_offers();
    limit_pools();
    return std::move(facts_);
  }

 private:
  std::size_t pool_index(const std::string& name) {
    const auto [found, added] = pools_.emplace(name, facts_.pools.size());
    if (added) facts_.pools.push_back(name);
    return found->second;
  }

  using Flows = std::map<std::pair<std::string, std::size_t>, MigrationFlow>;  // class, shape

  void add_flows() {
    std::map<std::string, std::size_t> class_of;
    for (std::size_t i = 0; i < diff_.classes.size(); ++i) class_of[diff_.classes[i].name] = i;
    Flows flows;
    for (const RouteChange& route : diff_.routes) {
      flows[{route.query_class, route.shape}] = {
          class_of[route.query_class], route.shape, route.from, route.to, 0.0, 0.0};
    }
    add_loads(old_, &PlanShape::old_row, &MigrationFlow::load_before, flows);
    add_loads(new_, &PlanShape::new_row, &MigrationFlow::load_after, flows);
    // The diff has its routes by class and shape.
    for (const RouteChange& route : diff_.routes) {
      facts_.problem.flows.push_back(flows[{route.query_class, route.shape}]);
    }
  }

  void add_loads(const Plan& plan, std::optional<std::size_t> PlanShape::*row,
                 double MigrationFlow::*load, Flows& flows) {
    std::map<std::string, std::size_t> shape_of;
    for (std::size_t s = 0; s < diff_.shapes.size(); ++s) {
      const std::optional<std::size_t>& at = diff_.shapes[s].*row;
      if (at) shape_of[plan.deployments[*at].name] = s;
    }
    RouteLoads routes(plan, fleet_);
    const std::vector<double> loads = routes.all();
    for (std::size_t k = 0; k < loads.size(); ++k) {
      const PlanRoute& route = plan.routes[k];
      if (route.share <= 0.0) continue;
      flows[{route.query_class, shape_of[route.deployment]}].*load = loads[k];
    }
    for (const std::string& name : routes.guessed()) {
      facts_.notes.push_back(
          fmt::format("the fleet does not know all that runs on '{}': its load is divided among "
                      "its classes by requests",
                      name));
    }
  }

  void add_offers() {
    for (const BoxChange& row : diff_.boxes) {
      pool_index(row.pool);
      facts_.offers.push_back({row.pool, row.offer, row.lot, row.box_cost, row.from, row.to});
    }
    if (fleet_ == nullptr) return;
    std::set<std::string> known;
    for (const FleetPool& pool : fleet_->pools) {
      known.insert(pool.name);
      for (const FleetOffer& offer : pool.offers) add_fleet_offer(pool, offer);
    }
    for (KnownOffer& offer : facts_.offers) {
      // Of what the fleet does not offer there is no more than the plans have.
      const bool offered = offered_.contains({offer.pool, offer.offer, offer.lot});
      if (!offered && known.contains(offer.pool)) offer.most = std::max(offer.from, offer.to);
    }
    for (const std::string& pool : facts_.pools) {
      if (known.contains(pool)) continue;
      facts_.notes.push_back(
          fmt::format("the fleet has no pool '{}': no quota of it is known", pool));
    }
  }

  void add_fleet_offer(const FleetPool& pool, const FleetOffer& offer) {
    const auto same = [&](const KnownOffer& row) {
      return row.pool == pool.name && row.offer == offer.name && row.lot == offer.lot;
    };
    auto row = std::find_if(facts_.offers.begin(), facts_.offers.end(), same);
    if (row == facts_.offers.end()) {
      facts_.offers.push_back({pool.name, offer.name, offer.lot, offer.cost, 0, 0});
      row = facts_.offers.end() - 1;
    }
    offered_.emplace(pool.name, offer.name, offer.lot);
    row->box_cost = offer.cost;
    if (!offer.max) return;
    const int rented = std::max(row->from, row->to);
    if (rented > *offer.max) {
      facts_.notes.push_back(
          fmt::format("a plan rents {} boxes of '{}' in pool '{}', the fleet has {}", rented,
                      offer.name, pool.name, *offer.max));
    }
    row->most = std::max(rented, *offer.max);
  }

  /// A pool has a quota when each of its offers has one; without a fleet none has.
  void limit_pools() {
    std::vector<std::optional<long long>>& gpus = facts_.problem.pool_gpus;
    gpus.assign(facts_.pools.size(), 0);
    for (const KnownOffer& offer : facts_.offers) {
      const auto pool = pools_.find(offer.pool);
      if (pool == pools_.end() || !gpus[pool->second]) continue;
      if (offer.most) {
        *gpus[pool->second] += static_cast<long long>(offer.lot) * *offer.most;
      } else {
        gpus[pool->second].reset();
      }
    }
  }

  const Plan& old_;
  const Plan& new_;
  const PlanDiff& diff_;
  const Fleet* fleet_;
  MigrationFacts facts_;
  std::map<std::string, std::size_t> pools_;
  std::set<std::tuple<std::string, std::string, int>> offered_;  // pool, name, lot
};

}  // namespace

MigrationFacts migration_facts(const Plan& old_plan, const Plan& new_plan, const PlanDiff& diff,
                               const Fleet* fleet) {
  return Facts(old_plan, new_plan, diff, fleet).gather();
}

}  // namespace berth
