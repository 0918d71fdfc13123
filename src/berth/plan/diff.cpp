#include "berth/plan/diff.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "berth/core/tolerance.h"
#include "berth/plan/diff_rows.h"

namespace berth {
namespace {

bool same_number(double a, double b) {
  return std::abs(a - b) <= tolerance::kShare * std::max({1.0, std::abs(a), std::abs(b)});
}

long long gpus_of(const PlanDeployment& row) {
  return static_cast<long long>(row.tensor_parallel) * row.pipeline_parallel;
}

class Differ {
 public:
  Differ(const Plan& old_plan, const Plan& new_plan) : old_(old_plan), new_(new_plan) {}

  PlanDiff run() {
    diff_.old_fleet = old_.fleet;
    diff_.new_fleet = new_.fleet;
    diff_.old_cost = old_.cost;
    diff_.new_cost = new_.cost;
    if (old_.fleet != new_.fleet) {
      diff_.notes.push_back(fmt::format("the plans are of fleets of different names: '{}' and '{}'",
                                        old_.fleet, new_.fleet));
    }
    add_deployments();
    add_classes();
    add_routes();
    add_boxes();
    return std::move(diff_);
  }

 private:
  void add_deployments() {
    shape_of_old_.assign(old_.deployments.size(), 0);
    shape_of_new_.assign(new_.deployments.size(), 0);
    std::map<std::size_t, DeploymentPair> pair_of;  // by new row
    std::vector<bool> kept(old_.deployments.size(), false);
    for (const DeploymentPair& pair : match_deployments(old_, new_)) {
      pair_of[pair.new_row] = pair;
      kept[pair.old_row] = pair.same;
    }
    std::map<std::size_t, std::size_t> successor;  // shape of the new plan by old row
    std::vector<bool> matched = kept;
    for (std::size_t n = 0; n < new_.deployments.size(); ++n) {
      if (new_.deployments[n].replicas == 0) continue;
      const auto pair = pair_of.find(n);
      add_new_row(n, pair == pair_of.end() ? nullptr : &pair->second);
      if (pair == pair_of.end()) continue;
      matched[pair->second.old_row] = true;
      if (!pair->second.same) successor[pair->second.old_row] = shape_of_new_[n];
    }
    for (std::size_t o = 0; o < old_.deployments.size(); ++o) {
      if (old_.deployments[o].replicas == 0 || kept[o]) continue;
      add_old_shape(o);
      const auto next = successor.find(o);
      if (next != successor.end()) diff_.shapes[next->second].replaces = shape_of_old_[o];
      if (matched[o]) continue;
      diff_.deployments.push_back({DeploymentAction::kRemove, old_.deployments[o], std::nullopt});
    }
  }

  void add_new_row(std::size_t n, const DeploymentPair* pair) {
    const PlanDeployment& row = new_.deployments[n];
    PlanShape shape{row.name, PlanShape::In::kNew, row.pool, gpus_of(row), 0, row.replicas};
    shape.new_row = n;
    shape_of_new_[n] = diff_.shapes.size();
    if (pair == nullptr) {
      diff_.deployments.push_back({DeploymentAction::kAdd, std::nullopt, row});
    } else {
      const PlanDeployment& old_row = old_.deployments[pair->old_row];
      DeploymentAction action = DeploymentAction::kReshape;
      if (pair->same) {
        action =
            old_row.replicas == row.replicas ? DeploymentAction::kKeep : DeploymentAction::kScale;
        shape.in = PlanShape::In::kBoth;
        shape.before = old_row.replicas;
        shape.old_row = pair->old_row;
        shape_of_old_[pair->old_row] = shape_of_new_[n];
        if (old_row.name != row.name) {
          diff_.notes.push_back(fmt::format(
              "deployment '{}' of the old plan is '{}' in the new one", old_row.name, row.name));
        }
      }
      diff_.deployments.push_back({action, old_row, row});
    }
    diff_.shapes.push_back(std::move(shape));
  }

  void add_old_shape(std::size_t o) {
    const PlanDeployment& row = old_.deployments[o];
    PlanShape shape{row.name, PlanShape::In::kOld, row.pool, gpus_of(row), row.replicas, 0};
    shape.old_row = o;
    shape_of_old_[o] = diff_.shapes.size();
    diff_.shapes.push_back(std::move(shape));
  }

  void add_classes() {
    std::map<std::string, std::size_t> at;
    for (const PlanClass& row : new_.classes) {
      at[row.name] = diff_.classes.size();
      diff_.classes.push_back({row.name, std::nullopt, row.rate, 0.0, row.unmet});
    }
    for (const PlanClass& row : old_.classes) {
      const auto [found, added] = at.emplace(row.name, diff_.classes.size());
      if (added) diff_.classes.push_back({row.name, std::nullopt, std::nullopt, 0.0, 0.0});
      diff_.classes[found->second].rate_from = row.rate;
      diff_.classes[found->second].unmet_from = row.unmet;
    }
    for (std::size_t i = 0; i < diff_.classes.size(); ++i) class_of_[diff_.classes[i].name] = i;
  }

  void add_routes() {
    std::map<std::pair<std::size_t, std::size_t>, std::pair<double, double>> shares;
    const auto rows_of = [](const Plan& plan) {
      std::map<std::string, std::size_t> rows;
      for (std::size_t k = 0; k < plan.deployments.size(); ++k) rows[plan.deployments[k].name] = k;
      return rows;
    };
    const auto old_rows = rows_of(old_);
    const auto new_rows = rows_of(new_);
    for (const PlanRoute& route : old_.routes) {
      if (route.share <= 0.0) continue;
      shares[{class_of_[route.query_class], shape_of_old_[old_rows.at(route.deployment)]}].first =
          route.share;
    }
    for (const PlanRoute& route : new_.routes) {
      if (route.share <= 0.0) continue;
      shares[{class_of_[route.query_class], shape_of_new_[new_rows.at(route.deployment)]}].second =
          route.share;
    }
    for (const auto& [key, share] : shares) {
      diff_.routes.push_back(
          {diff_.classes[key.first].name, key.second, share.first, share.second});
    }
  }

  void add_boxes() {
    std::map<std::tuple<std::string, std::string, int>, std::size_t> at;
    const auto row_of = [&](const PlanOffer& offer) -> BoxChange& {
      const int lot = offer.gpus / offer.boxes;
      const auto [found, added] = at.emplace(std::tuple(offer.pool, offer.offer, lot), at.size());
      if (added) diff_.boxes.push_back({offer.pool, offer.offer, lot, CostRate(), 0, 0});
      BoxChange& row = diff_.boxes[found->second];
      row.box_cost = CostRate::micro_usd_per_hour(offer.cost.micros() / offer.boxes);
      return row;
    };
    // The old plan first: what both rent then has the new plan's price.
    for (const PlanOffer& offer : old_.offers) {
      if (offer.boxes > 0) row_of(offer).from = offer.boxes;
    }
    for (const PlanOffer& offer : new_.offers) {
      if (offer.boxes > 0) row_of(offer).to = offer.boxes;
    }
  }

  const Plan& old_;
  const Plan& new_;
  PlanDiff diff_;
  std::vector<std::size_t> shape_of_old_;  // by row
  std::vector<std::size_t> shape_of_new_;
  std::map<std::string, std::size_t> class_of_;
};

}  // namespace

std::string_view to_string(DeploymentAction action) {
  constexpr std::array<std::string_view, 5> kNames = {"keep", "add", "remove", "scale", "reshape"};
  return kNames[static_cast<std::size_t>(action)];
}

std::string_view to_string(PlanShape::In in) {
  constexpr std::array<std::string_view, 3> kNames = {"old", "new", "both"};
  return kNames[static_cast<std::size_t>(in)];
}

bool RouteChange::changed() const { return !same_number(from, to); }

bool ClassChange::changed() const {
  return rate_from.has_value() != rate_to.has_value() ||
         !same_number(rate_from.value_or(0.0), rate_to.value_or(0.0)) ||
         !same_number(unmet_from, unmet_to);
}

bool PlanDiff::changed() const {
  const auto any = [](const auto& rows, const auto& differs) {
    return std::any_of(rows.begin(), rows.end(), differs);
  };
  return !(old_cost == new_cost) ||
         any(deployments,
             [](const DeploymentChange& d) { return d.action != DeploymentAction::kKeep; }) ||
         any(routes, [](const RouteChange& r) { return r.changed(); }) ||
         any(boxes, [](const BoxChange& b) { return b.from != b.to; }) ||
         any(classes, [](const ClassChange& c) { return c.changed(); });
}

Result<PlanDiff> diff_plans(const Plan& old_plan, const Plan& new_plan) {
  Errors errors = contradictions(old_plan, "old plan");
  const Errors more = contradictions(new_plan, "new plan");
  errors.insert(errors.end(), more.begin(), more.end());
  if (!errors.empty()) return errors;
  return Differ(old_plan, new_plan).run();
}

}  // namespace berth
