#include "tests/plan/migration_replay.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <variant>

#include <fmt/format.h>

#include "berth/instance/build.h"

namespace berth::test {
namespace {

constexpr double kClose = 1e-6;

/// A replica's worth that all of a class would put on a deployment.
double whole_load(const PlanOfFleet& of, const PlanDeployment& row, const std::string& name) {
  const Fleet& fleet = of.fleet;
  OptionSpec option;
  for (const ModelId id : fleet.models) {
    if (fleet.catalog.model(id).name == row.model) option.model = id;
  }
  std::size_t pool = 0;
  while (fleet.pools[pool].name != row.pool) ++pool;
  std::size_t query_class = 0;
  while (fleet.classes[query_class].traffic.name != name) ++query_class;
  option.pool = PoolId(pool);
  option.precision = *precision_from(row.precision);
  option.tensor_parallel = row.tensor_parallel;
  option.pipeline_parallel = row.pipeline_parallel;
  option.tpot_target = row.tpot_target;
  return std::get<PairPhysics>(evaluate_pair(fleet, option, ClassId(query_class))).load;
}

using Shares = std::map<std::size_t, double>;  // by shape
using OfferKey = std::tuple<std::string, std::string, int>;

struct ClassState {
  Shares shares;  ///< now
  Shares before;
  Shares after;
  Shares load_before;  ///< of all of the class
  Shares load_after;
  double rate_before = 0.0;
  double rate_after = 0.0;
  bool moved = false;
  double rate = 0.0;  ///< of the last route step
};

class Replay {
 public:
  Replay(const PlanOfFleet& before, const PlanOfFleet& after, const Fleet& limits,
         const PlanDiff& diff, const Migration& migration)
      : before_(before), after_(after), limits_(limits), diff_(diff), migration_(migration) {}

  std::vector<std::string> run() {
    begin();
    expect(true, "at the start");
    bool lost = false;
    for (std::size_t k = 0; k < migration_.steps.size(); ++k) {
      const MigrationStep& step = migration_.steps[k];
      take(step, k);
      lost = lost || !step.lost.empty();
      expect(step.lost.empty(), fmt::format("after step {}", k + 1));
      compare_lost(step, k);
    }
    if (lost == migration_.lossless) fail("lossless is not what the steps say");
    expect_end();
    return errors_;
  }

 private:
  void fail(std::string text) { errors_.push_back(std::move(text)); }

  void begin() {
    running_.assign(diff_.shapes.size(), 0);
    std::map<std::string, std::size_t> old_shape;
    for (std::size_t s = 0; s < diff_.shapes.size(); ++s) {
      const PlanShape& shape = diff_.shapes[s];
      if (shape.old_row) {
        const PlanDeployment& row = before_.plan.deployments[*shape.old_row];
        running_[s] = row.replicas;
        if (!old_shape.emplace(row.name, s).second) fail("an old row has two shapes");
      }
      if (shape.new_row) {
        const PlanDeployment& row = after_.plan.deployments[*shape.new_row];
        if (!new_shape_.emplace(row.name, s).second) fail("a new row has two shapes");
        if (shape.old_row &&
            row.engine_args != before_.plan.deployments[*shape.old_row].engine_args) {
          fail("a shape of both plans has two kinds of arguments");
        }
      }
    }
    for (const PlanOffer& o : before_.plan.offers) {
      boxes_[{o.pool, o.offer, o.gpus / o.boxes}] = o.boxes;
    }
    for (const PlanClass& row : before_.plan.classes) classes_[row.name].rate_before = row.rate;
    for (const PlanClass& row : after_.plan.classes) classes_[row.name].rate_after = row.rate;
    read_routes(before_, old_shape, &ClassState::before, &ClassState::load_before);
    read_routes(after_, new_shape_, &ClassState::after, &ClassState::load_after);
    for (auto& [name, state] : classes_) {
      state.shares = state.before;
      state.rate = state.rate_before;
    }
  }

  void read_routes(const PlanOfFleet& of, const std::map<std::string, std::size_t>& shapes,
                   Shares ClassState::*shares, Shares ClassState::*loads) {
    for (const PlanRoute& route : of.plan.routes) {
      const std::size_t s = shapes.at(route.deployment);
      const auto row =
          std::find_if(of.plan.deployments.begin(), of.plan.deployments.end(),
                       [&](const PlanDeployment& d) { return d.name == route.deployment; });
      (classes_[route.query_class].*shares)[s] = route.share;
      (classes_[route.query_class].*loads)[s] = whole_load(of, *row, route.query_class);
    }
  }

  void take(const MigrationStep& step, std::size_t k) {
    using Action = MigrationStep::Action;
    if (step.action == Action::kRent || step.action == Action::kReturn) {
      const MigrationOffer& offer = migration_.offers[step.offer];
      const long long change = step.action == Action::kRent ? step.boxes : -step.boxes;
      boxes_[{offer.pool, offer.offer, offer.lot}] += change;
      if (step.boxes <= 0) fail(fmt::format("step {} is of no box", k + 1));
    } else if (step.action == Action::kRoute) {
      for (const ClassRouting& routing : step.routes) {
        ClassState& state = classes_.at(diff_.classes[routing.query_class].name);
        state.shares.clear();
        for (const ClassRouting::Part& part : routing.parts) state.shares[part.unit] = part.share;
        state.moved = true;
        state.rate = routing.rate;
        // Never below both plans' rates; of a class that goes or comes, the rate it has.
        const bool whole = close(state.shares, state.after) && state.rate == state.rate_after;
        if (!whole && state.rate < state.rate_before) {
          fail(
              fmt::format("step {} provides for {} of {}", k + 1, state.rate, routing.query_class));
        }
      }
      if (step.routes.empty()) fail(fmt::format("step {} routes nothing", k + 1));
    } else {
      running_[step.shape] += step.action == Action::kStart ? step.replicas : -step.replicas;
      if (step.replicas <= 0 || running_[step.shape] != step.running) {
        fail(fmt::format("step {} counts wrongly", k + 1));
      }
    }
  }

  static bool close(const Shares& a, const Shares& b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const auto& x, const auto& y) {
      return x.first == y.first && std::abs(x.second - y.second) < 1e-9;
    });
  }

  static double at(const Shares& shares, std::size_t shape) {
    const auto found = shares.find(shape);
    return found == shares.end() ? 0.0 : found->second;
  }

  /// What a class puts on a shape now.
  static double load(const ClassState& c, std::size_t shape) {
    const double old_load = at(c.load_before, shape);
    const double new_load = at(c.load_after, shape);
    const double share = at(c.shares, shape);
    if (!c.moved) {
      const bool stays = c.rate_before == c.rate_after && close(c.before, c.after);
      return share * (stays ? std::min(old_load, new_load) : old_load);
    }
    if (close(c.shares, c.after) && std::abs(c.rate - c.rate_after) < 1e-9) {
      return share * new_load;
    }
    const double by_old = c.rate_before > 0.0 ? old_load * c.rate / c.rate_before : 0.0;
    const double by_new = c.rate_after > 0.0 ? new_load * c.rate / c.rate_after : 0.0;
    return share * std::max(by_old, by_new);
  }

  [[nodiscard]] double load(std::size_t shape) const {
    double sum = 0.0;
    for (const auto& [name, state] : classes_) sum += load(state, shape);
    return sum;
  }

  void expect(bool whole, const std::string& when) {
    std::map<std::string, long long> used;
    for (std::size_t s = 0; s < running_.size(); ++s) {
      if (running_[s] < 0) fail("fewer than no replicas " + when);
      used[diff_.shapes[s].pool] += running_[s] * diff_.shapes[s].gpus;
      if (whole && load(s) > running_[s] + kClose) {
        fail(fmt::format("{} carries {} on {} replicas {}", diff_.shapes[s].name, load(s),
                         running_[s], when));
      }
    }
    for (const auto& [key, boxes] : boxes_) used[std::get<0>(key)] -= boxes * std::get<2>(key);
    for (const auto& [pool, missing] : used) {
      if (missing > 0) fail(fmt::format("{} GPUs of {} are not rented {}", missing, pool, when));
    }
    for (const auto& [name, state] : classes_) {
      double sum = 0.0;
      for (const auto& [shape, share] : state.shares) {
        sum += share;
        if (whole && share > 0.0 && running_[shape] == 0) fail(name + " goes nowhere " + when);
      }
      double old_sum = 0.0;
      double new_sum = 0.0;
      for (const auto& [shape, share] : state.before) old_sum += share;
      for (const auto& [shape, share] : state.after) new_sum += share;
      if (sum < std::min(old_sum, new_sum) - 1e-8) fail(name + " is not wholly served " + when);
      if (sum > std::max(old_sum, new_sum) + 1e-8) fail(name + " is served too often " + when);
    }
    expect_quotas(when);
  }

  void expect_quotas(const std::string& when) {
    for (const FleetPool& pool : limits_.pools) {
      for (const FleetOffer& offer : pool.offers) {
        const auto found = boxes_.find({pool.name, offer.name, offer.lot});
        if (offer.max && found != boxes_.end() && found->second > *offer.max) {
          fail(fmt::format("{} boxes of {} in {} {}", found->second, offer.name, pool.name, when));
        }
      }
    }
  }

  void compare_lost(const MigrationStep& step, std::size_t k) {
    std::map<std::string, double> told;
    for (const LostShare& row : step.lost) told[diff_.classes[row.query_class].name] = row.share;
    for (const auto& [name, state] : classes_) {
      double lost = 0.0;
      for (const auto& [shape, share] : state.shares) {
        const double all = load(shape);
        if (all > running_[shape] + kClose) lost += share * (1.0 - running_[shape] / all);
      }
      if (std::abs(lost - told[name]) > 1e-4) {
        fail(fmt::format("step {} loses {} of {}, told is {}", k + 1, lost, name, told[name]));
      }
    }
  }

  void expect_end() {
    for (const PlanDeployment& row : after_.plan.deployments) {
      if (running_[new_shape_.at(row.name)] != row.replicas) fail(row.name + " ends otherwise");
    }
    for (std::size_t s = 0; s < running_.size(); ++s) {
      if (!diff_.shapes[s].new_row && running_[s] != 0) fail(diff_.shapes[s].name + " runs on");
    }
    for (const PlanOffer& o : after_.plan.offers) {
      boxes_[{o.pool, o.offer, o.gpus / o.boxes}] -= o.boxes;
    }
    for (const auto& [key, boxes] : boxes_) {
      if (boxes != 0) fail(fmt::format("{} boxes of {} are left", boxes, std::get<1>(key)));
    }
    for (const auto& [name, state] : classes_) {
      if (!close(state.shares, state.after)) fail(name + " ends on other routes");
      if (std::abs(state.rate - state.rate_after) > 1e-9) fail(name + " ends at another rate");
    }
  }

  const PlanOfFleet& before_;
  const PlanOfFleet& after_;
  const Fleet& limits_;
  const PlanDiff& diff_;
  const Migration& migration_;
  std::vector<int> running_;  // by shape
  std::map<OfferKey, long long> boxes_;
  std::map<std::string, ClassState> classes_;
  std::map<std::string, std::size_t> new_shape_;
  std::vector<std::string> errors_;
};

}  // namespace

std::vector<std::string> replay_errors(const PlanOfFleet& before, const PlanOfFleet& after,
                                       const Fleet& limits, const PlanDiff& diff,
                                       const Migration& migration) {
  return Replay(before, after, limits, diff, migration).run();
}

}  // namespace berth::test
