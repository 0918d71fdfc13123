#include "berth/plan/migration_stages.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "berth/plan/deployment_name.h"

namespace berth {
namespace {

using Action = MigrationStep::Action;
using Kind = MigrationStage::Kind;

Kind kind_of(Action action) {
  switch (action) {
    case Action::kRent:
    case Action::kStart: return Kind::kGrow;
    case Action::kRoute: return Kind::kRoute;
    case Action::kStop:
    case Action::kReturn: return Kind::kShrink;
  }
  return Kind::kGrow;
}

/// The row of the plan with that name, or nothing.
template <class Row>
const Row* row_named(const std::vector<Row>& rows, const std::string& name) {
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const Row& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

/// What runs while the steps are taken.
class StagedWalk {
 public:
  StagedWalk(const Plan& old_plan, const Plan& new_plan, const PlanDiff& diff,
             const Migration& migration)
      : old_(old_plan), new_(new_plan), diff_(diff), migration_(migration) {
    for (const PlanShape& shape : diff.shapes) running_.push_back(shape.before);
    for (const MigrationOffer& offer : migration.offers) boxes_.push_back(offer.before);
    routes_.resize(diff.classes.size());
    rates_.resize(diff.classes.size());
    for (std::size_t i = 0; i < diff.classes.size(); ++i) {
      rates_[i] = diff.classes[i].rate_from.value_or(0.0);
    }
    for (const RouteChange& route : diff.routes) {
      if (route.from > 0.0) routes_[class_of(route.query_class)][route.shape] = route.from;
    }
  }

  void take(const MigrationStep& step, MigrationStage& stage) {
    const long long signed_boxes = step.action == Action::kRent ? step.boxes : -step.boxes;
    switch (step.action) {
      case Action::kRent:
      case Action::kReturn:
        boxes_[step.offer] += signed_boxes;
        (step.action == Action::kRent ? stage.rented : stage.returned) += step.boxes;
        break;
      case Action::kStart:
      case Action::kStop:
        running_[step.shape] = step.running;
        (step.action == Action::kStart ? stage.started : stage.stopped) += step.replicas;
        break;
      case Action::kRoute:
        for (const ClassRouting& routing : step.routes) route(routing);
        break;
    }
    stage.lost = 0.0;
    for (const LostShare& lost : step.lost) stage.lost = std::max(stage.lost, lost.share);
  }

  [[nodiscard]] Plan state() const {
    Plan plan = new_;
    plan.deployments.clear();
    plan.routes.clear();
    plan.classes.clear();
    plan.offers.clear();
    for (std::size_t s = 0; s < running_.size(); ++s) {
      if (running_[s] > 0) plan.deployments.push_back(deployment(s));
    }
    // All classes of both plans, so that what depends on their names is the same in each state.
    for (std::size_t i = 0; i < routes_.size(); ++i) add_class(i, plan);
    add_offers(plan);
    plan.cost.rental = {};
    for (const PlanOffer& offer : plan.offers) plan.cost.rental += offer.cost;
    return plan;
  }

 private:
  [[nodiscard]] std::size_t class_of(const std::string& name) const {
    std::size_t i = 0;
    while (diff_.classes[i].name != name) ++i;
    return i;
  }

  void route(const ClassRouting& routing) {
    rates_[routing.query_class] = routing.rate;
    auto& parts = routes_[routing.query_class];
    parts.clear();
    for (const ClassRouting::Part& part : routing.parts) parts[part.unit] = part.share;
  }

  [[nodiscard]] const PlanDeployment& row_of(std::size_t s) const {
    const PlanShape& shape = diff_.shapes[s];
    return shape.new_row ? new_.deployments[*shape.new_row] : old_.deployments[*shape.old_row];
  }

  /// The busier of both plans' loads, on the replicas that run.
  [[nodiscard]] PlanDeployment deployment(std::size_t s) const {
    const PlanShape& shape = diff_.shapes[s];
    PlanDeployment row = row_of(s);
    double load = 0.0;
    for (const auto& [at, plan] :
         {std::pair(shape.old_row, &old_), std::pair(shape.new_row, &new_)}) {
      if (!at) continue;
      const PlanDeployment& of = plan->deployments[*at];
      load = std::max(load, of.utilization * of.replicas);
    }
    row.replicas = running_[s];
    row.gpus = static_cast<int>(shape.gpus * running_[s]);
    row.utilization = std::min(1.0, load / running_[s]);
    return row;
  }

  void add_class(std::size_t i, Plan& plan) const {
    const std::string& name = diff_.classes[i].name;
    const PlanClass* row = row_named(new_.classes, name);
    if (row == nullptr) row = row_named(old_.classes, name);
    plan.classes.push_back(*row);
    plan.classes.back().rate = rates_[i];
    double served = 0.0;
    for (const auto& [shape, share] : routes_[i]) {
      if (running_[shape] <= 0) continue;  // lost until the next stage
      plan.routes.push_back(route_of(name, row_of(shape).name));
      plan.routes.back().share = share;
      served += share;
    }
    plan.classes.back().unmet = std::max(0.0, 1.0 - served);
  }

  /// With what the plan that has it predicts.
  [[nodiscard]] PlanRoute route_of(const std::string& query_class,
                                   const std::string& deployment) const {
    for (const Plan* plan : {&new_, &old_}) {
      for (const PlanRoute& route : plan->routes) {
        if (route.query_class == query_class && route.deployment == deployment) return route;
      }
    }
    PlanRoute route;
    route.query_class = query_class;
    route.deployment = deployment;
    return route;
  }

  void add_offers(Plan& plan) const {
    for (std::size_t o = 0; o < boxes_.size(); ++o) {
      if (boxes_[o] <= 0) continue;
      const MigrationOffer& offer = migration_.offers[o];
      plan.offers.push_back({offer.pool, offer.offer, static_cast<int>(boxes_[o]),
                             static_cast<int>(boxes_[o] * offer.lot), offer.box_cost * boxes_[o]});
    }
  }

  const Plan& old_;
  const Plan& new_;
  const PlanDiff& diff_;
  const Migration& migration_;
  std::vector<int> running_;                           // by shape
  std::vector<long long> boxes_;                       // by offer of the migration
  std::vector<std::map<std::size_t, double>> routes_;  // by class: share by shape
  std::vector<double> rates_;                          // by class
};

}  // namespace

std::string_view to_string(MigrationStage::Kind kind) {
  switch (kind) {
    case Kind::kGrow: return "grow";
    case Kind::kRoute: return "route";
    case Kind::kShrink: return "shrink";
  }
  return "grow";
}

Plan with_lasting_names(Plan plan) {
  std::map<std::string, std::string> renamed;
  std::map<std::string, int> uses;
  for (PlanDeployment& row : plan.deployments) {
    std::string name = lasting_name(row);
    const int use = ++uses[name];
    if (use > 1) name += fmt::format("-{}", use);
    renamed[row.name] = name;
    row.name = name;
  }
  for (PlanRoute& route : plan.routes) {
    const auto found = renamed.find(route.deployment);
    if (found != renamed.end()) route.deployment = found->second;
  }
  return plan;
}

std::vector<MigrationStage> migration_stages(const Plan& old_plan, const Plan& new_plan,
                                             const PlanDiff& diff, const Migration& migration) {
  std::vector<MigrationStage> stages;
  StagedWalk walk(old_plan, new_plan, diff, migration);
  for (std::size_t k = 0; k < migration.steps.size(); ++k) {
    const MigrationStep& step = migration.steps[k];
    const Kind kind = kind_of(step.action);
    if (stages.empty() || stages.back().kind != kind) {
      stages.emplace_back();
      stages.back().kind = kind;
    }
    walk.take(step, stages.back());
    const bool last = k + 1 == migration.steps.size();
    if (last || kind_of(migration.steps[k + 1].action) != kind) stages.back().state = walk.state();
  }
  return stages;
}

}  // namespace berth
