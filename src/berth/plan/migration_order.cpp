#include "berth/plan/migration_order.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "berth/core/tolerance.h"
#include "berth/plan/migration_waves.h"
#include "berth/plan/switch_over.h"

namespace berth {
namespace {

/// Walks along the waves, starts and stops replicas, and writes down each step.
class Walk {
 public:
  Walk(const MigrationProblem& problem, const Routing& start)
      : problem_(problem), routing_(start), gpus_(problem.pool_gpus.size(), 0) {
    for (const MigrationUnit& unit : problem.units) {
      running_.push_back(unit.before);
      gpus_[unit.pool] += unit.gpus * unit.before;
    }
    order_.most_gpus = gpus_;
  }

  MigrationOrder walk(const std::vector<Routing>& waves) {
    for (const Routing& next : waves) {
      set_replicas(replicas_for(next));
      set_routes(next);
    }
    std::vector<int> last;
    for (const MigrationUnit& unit : problem_.units) last.push_back(unit.after);
    if (waves.empty()) {
      // Nothing to route: what starts may start first, where there is room.
      set_replicas(replicas_for(routing_));
    }
    set_replicas(last);
    return std::move(order_);
  }

 private:
  /// Pools with room run all that either plan has; the others stop only what stands in the way.
  [[nodiscard]] std::vector<int> replicas_for(const Routing& next) const {
    const std::vector<int> needed = switch_over(problem_, routing_, next).replicas;
    std::vector<int> wanted(needed.size());
    for (std::size_t u = 0; u < wanted.size(); ++u) {
      wanted[u] = std::max({needed[u], running_[u], problem_.units[u].after});
    }
    const std::vector<long long> all = gpus_of(wanted);
    std::vector<bool> tight(problem_.pool_gpus.size());
    for (std::size_t p = 0; p < tight.size(); ++p) {
      tight[p] = problem_.pool_gpus[p] && all[p] > *problem_.pool_gpus[p];
    }
    for (std::size_t u = 0; u < wanted.size(); ++u) {
      if (!tight[problem_.units[u].pool]) continue;
      const bool given_up = needed[u] < routing_.need(u);
      wanted[u] = given_up ? needed[u] : std::max(needed[u], running_[u]);
    }
    make_room(needed, tight, wanted);
    use_room(needed, tight, wanted);
    return wanted;
  }

  /// Stops what is not needed: first what the new plan has no use for.
  void make_room(const std::vector<int>& needed, const std::vector<bool>& tight,
                 std::vector<int>& wanted) const {
    std::vector<long long> gpus = gpus_of(wanted);
    for (const bool beyond_plan : {true, false}) {
      for (std::size_t u = 0; u < wanted.size(); ++u) {
        const MigrationUnit& unit = problem_.units[u];
        if (!tight[unit.pool]) continue;
        const long long over = gpus[unit.pool] - *problem_.pool_gpus[unit.pool];
        const int least = beyond_plan ? std::max(needed[u], unit.after) : needed[u];
        if (over <= 0 || wanted[u] <= least) continue;
        const long long count =
            std::min<long long>(wanted[u] - least, (over + unit.gpus - 1) / unit.gpus);
        wanted[u] -= static_cast<int>(count);
        gpus[unit.pool] -= count * unit.gpus;
      }
    }
  }

  /// What starts anyway starts wholly, as far as there is room.
  void use_room(const std::vector<int>& needed, const std::vector<bool>& tight,
                std::vector<int>& wanted) const {
    std::vector<long long> gpus = gpus_of(wanted);
    for (std::size_t u = 0; u < wanted.size(); ++u) {
      const MigrationUnit& unit = problem_.units[u];
      if (!tight[unit.pool] || needed[u] <= running_[u] || wanted[u] >= unit.after) continue;
      const long long room = (*problem_.pool_gpus[unit.pool] - gpus[unit.pool]) / unit.gpus;
      const long long count =
          std::clamp<long long>(room, 0, static_cast<long long>(unit.after) - wanted[u]);
      wanted[u] += static_cast<int>(count);
      gpus[unit.pool] += count * unit.gpus;
    }
  }

  [[nodiscard]] std::vector<long long> gpus_of(const std::vector<int>& replicas) const {
    std::vector<long long> gpus(problem_.pool_gpus.size(), 0);
    for (std::size_t u = 0; u < replicas.size(); ++u) {
      gpus[problem_.units[u].pool] += problem_.units[u].gpus * replicas[u];
    }
    return gpus;
  }

  /// Stops come first: they make the room for what starts.
  void set_replicas(const std::vector<int>& wanted) {
    for (std::size_t u = 0; u < wanted.size(); ++u) {
      if (wanted[u] < running_[u]) add_count(OrderStep::Kind::kStop, u, running_[u] - wanted[u]);
    }
    for (std::size_t u = 0; u < wanted.size(); ++u) {
      if (wanted[u] > running_[u]) add_count(OrderStep::Kind::kStart, u, wanted[u] - running_[u]);
    }
  }

  void add_count(OrderStep::Kind kind, std::size_t unit, int count) {
    const int change = kind == OrderStep::Kind::kStart ? count : -count;
    running_[unit] += change;
    const MigrationUnit& what = problem_.units[unit];
    gpus_[what.pool] += change * what.gpus;
    order_.most_gpus[what.pool] = std::max(order_.most_gpus[what.pool], gpus_[what.pool]);
    OrderStep step;
    step.kind = kind;
    step.unit = unit;
    step.replicas = count;
    step.running = running_[unit];
    add(std::move(step));
  }

  void set_routes(const Routing& next) {
    OrderStep step;
    step.kind = OrderStep::Kind::kRoute;
    for (std::size_t i = 0; i < problem_.classes.size(); ++i) {
      ClassRouting now = routing_of(routing_, i);
      ClassRouting then = routing_of(next, i);
      if (!same(now, then)) step.routes.push_back(std::move(then));
    }
    routing_ = next;
    if (!step.routes.empty()) add(std::move(step));
  }

  static ClassRouting routing_of(const Routing& routing, std::size_t i) {
    ClassRouting row{i, routing.rate(i), {}};
    for (const Placed& part : routing.placed(i)) {
      if (part.share > tolerance::kNegligibleShare) row.parts.push_back({part.unit, part.share});
    }
    return row;
  }

  static bool same(const ClassRouting& a, const ClassRouting& b) {
    const auto close = [](double x, double y) {
      return std::abs(x - y) <= tolerance::kShare * std::max(1.0, std::abs(x));
    };
    return close(a.rate, b.rate) &&
           std::equal(a.parts.begin(), a.parts.end(), b.parts.begin(), b.parts.end(),
                      [&](const ClassRouting::Part& x, const ClassRouting::Part& y) {
                        return x.unit == y.unit && close(x.share, y.share);
                      });
  }

  void add(OrderStep step) {
    double lost = 0.0;
    for (std::size_t i = 0; i < problem_.classes.size(); ++i) {
      double share = 0.0;
      for (const Placed& part : routing_.placed(i)) {
        const double load = routing_.load(part.unit);
        if (part.share <= 0.0 || routing_.need(part.unit) <= running_[part.unit]) continue;
        share += part.share * (load > 0.0 ? 1.0 - running_[part.unit] / load : 1.0);
      }
      if (share <= tolerance::kShare) continue;
      step.lost.push_back({i, share});
      lost += share * std::max(routing_.rate(i), tolerance::kShare);
    }
    order_.lost = std::max(order_.lost, lost);
    order_.steps.push_back(std::move(step));
  }

  const MigrationProblem& problem_;
  Routing routing_;
  std::vector<int> running_;     // by unit
  std::vector<long long> gpus_;  // by pool
  MigrationOrder order_;
};

}  // namespace

namespace {

/// The best of the ways there are.
MigrationOrder best_order(const MigrationProblem& problem) {
  const std::vector<Transfer> transfers = transfers_of(problem);
  const Routing start(problem, transfers);
  std::optional<MigrationOrder> best;
  for (const std::vector<Routing>& waves : migration_waves(problem, transfers)) {
    MigrationOrder order = Walk(problem, start).walk(waves);
    const bool better = !best || order.lost < best->lost * (1.0 - tolerance::kReported) ||
                        (order.lost <= best->lost && order.steps.size() < best->steps.size());
    if (better) best = std::move(order);
  }
  return *std::move(best);
}

}  // namespace

MigrationOrder order_migration(const MigrationProblem& problem) {
  MigrationOrder order = best_order(problem);
  if (order.lossless() || !problem.early_growth) return order;
  MigrationProblem late = problem;
  late.early_growth = false;
  MigrationOrder later = best_order(late);
  return later.lost < order.lost * (1.0 - tolerance::kReported) ? later : order;
}

}  // namespace berth
