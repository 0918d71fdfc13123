#include "berth/plan/migration_waves.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "berth/core/tolerance.h"

namespace berth {
namespace {

/// Up to so many transfers every set of them is tried.
constexpr std::size_t kMostTried = 10;
/// Steps nobody would take one by one; what is left then moves at once.
constexpr std::size_t kMostWaves = 2000;
constexpr int kBisections = 60;
/// Digits of a share that moves in part.
constexpr double kShareSteps = 1e9;

using Gpus = std::vector<long long>;  // by pool

bool within(const MigrationProblem& problem, const Gpus& gpus) {
  for (std::size_t p = 0; p < gpus.size(); ++p) {
    if (problem.pool_gpus[p] && gpus[p] > *problem.pool_gpus[p]) return false;
  }
  return true;
}

/// One wave in the making: what must run for it beside what runs already.
class Wave {
 public:
  Wave(const MigrationProblem& problem, const std::vector<Transfer>& transfers,
       const Routing& start)
      : problem_(problem),
        transfers_(transfers),
        next_(start),
        base_(problem.units.size()),
        gpus_(problem.pool_gpus.size(), 0) {
    for (std::size_t u = 0; u < base_.size(); ++u) {
      base_[u] = start.need(u);
      gpus_[problem.units[u].pool] += gpus_of(u);
    }
  }

  [[nodiscard]] bool progress() const { return progress_; }

  Routing finish() {
    next_.settle();
    return std::move(next_);
  }

  bool try_move(std::size_t transfer, double part) {
    const double was = next_.moved(transfer);
    move(transfer, part);
    if (!within(problem_, gpus_)) {
      move(transfer, was);
      return false;
    }
    progress_ = progress_ || (part - was) * weight(transfer) > tolerance::kShare;
    return true;
  }

  bool try_all() {
    const Routing now = next_;
    const Gpus gpus = gpus_;
    for (std::size_t t = 0; t < transfers_.size(); ++t) move(t, 1.0);
    if (!within(problem_, gpus_)) {
      next_ = now;
      gpus_ = gpus;
      return false;
    }
    progress_ = true;
    return true;
  }

  /// As much of it as fits.
  void try_part(std::size_t transfer) {
    const double share = transfers_[transfer].share;
    const double part = largest(transfer, [this] { return within(problem_, gpus_); });
    if (share <= tolerance::kShare) return;
    const double rounded = std::ceil(part * share * kShareSteps) / kShareSteps / share;
    if (rounded >= 1.0 || !try_move(transfer, rounded)) try_move(transfer, part);
  }

  /// As much of it as one more replica takes, whether it fits or not; false: nothing of it.
  bool force_replica(std::size_t transfer) {
    const std::optional<std::size_t> unit = transfers_[transfer].to;
    const double was = next_.moved(transfer);
    if (!unit || was >= 1.0) return false;
    const int most = std::max(base_[*unit], next_.need(*unit)) + 1;
    const double part = largest(transfer, [&] { return next_.need(*unit) <= most; });
    if ((part - was) * transfers_[transfer].share <= tolerance::kShare) return false;
    move(transfer, part);
    return true;
  }

  void force(std::size_t transfer) { move(transfer, 1.0); }

 private:
  [[nodiscard]] long long gpus_of(std::size_t unit) const {
    return problem_.units[unit].gpus * std::max(base_[unit], next_.need(unit));
  }

  /// What asks only for another rate is progress as well.
  [[nodiscard]] double weight(std::size_t transfer) const {
    const Transfer& t = transfers_[transfer];
    return !t.from && !t.to ? 1.0 : t.share;
  }

  void move(std::size_t transfer, double part) {
    if (part == next_.moved(transfer)) return;
    const std::vector<Placed> parts = next_.placed(transfers_[transfer].query_class);
    for (const Placed& p : parts) gpus_[problem_.units[p.unit].pool] -= gpus_of(p.unit);
    next_.move(transfer, part);
    for (const Placed& p : parts) gpus_[problem_.units[p.unit].pool] += gpus_of(p.unit);
  }

  /// The largest part of which `good` is true (it is of small parts, if of any); as it was after.
  template <class Good>
  double largest(std::size_t transfer, const Good& good) {
    const double was = next_.moved(transfer);
    double low = was;
    double high = 1.0;
    for (int k = 0; k < kBisections; ++k) {
      const double middle = k == 0 ? 1.0 : 0.5 * (low + high);
      move(transfer, middle);
      (good() ? low : high) = middle;
      if (low >= 1.0) break;
    }
    move(transfer, was);
    return low;
  }

  const MigrationProblem& problem_;
  const std::vector<Transfer>& transfers_;
  Routing next_;
  std::vector<int> base_;  // replicas that the start needs, by unit
  Gpus gpus_;              // that the wave needs, by pool
  bool progress_ = false;
};

/// The fewest waves of whole transfers, by breadth first over their sets.
class SetSearch {
 public:
  SetSearch(const MigrationProblem& problem, const std::vector<Transfer>& transfers)
      : problem_(problem), transfers_(transfers), full_((std::size_t{1} << transfers.size()) - 1) {
    for (std::size_t set = 0; set <= full_; ++set) {
      routings_.push_back(routing_of(set));
      std::vector<int>& needs = needs_.emplace_back();
      for (std::size_t u = 0; u < problem.units.size(); ++u) {
        needs.push_back(routings_[set].need(u));
      }
    }
  }

  /// Empty if there are none.
  std::vector<Routing> waves() {
    constexpr std::size_t kUnseen = std::numeric_limits<std::size_t>::max();
    std::vector<std::size_t> from(full_ + 1, kUnseen);
    from[0] = 0;
    std::vector<std::size_t> front = {0};
    while (!front.empty() && from[full_] == kUnseen) {
      std::vector<std::size_t> reached;
      for (const std::size_t set : front) {
        const std::size_t rest = full_ & ~set;
        for (std::size_t more = rest; more != 0; more = (more - 1) & rest) {
          const std::size_t to = set | more;
          if (from[to] != kUnseen || !fits(set, to)) continue;
          from[to] = set;
          reached.push_back(to);
        }
      }
      front = std::move(reached);
    }
    std::vector<Routing> path;
    if (from[full_] == kUnseen) return path;
    for (std::size_t set = full_; set != 0; set = from[set]) path.push_back(routings_[set]);
    std::reverse(path.begin(), path.end());
    return path;
  }

 private:
  [[nodiscard]] Routing routing_of(std::size_t set) const {
    Routing routing(problem_, transfers_);
    for (std::size_t t = 0; t < transfers_.size(); ++t) {
      if ((set >> t & 1U) != 0) routing.move(t, 1.0);
    }
    routing.settle();
    return routing;
  }

  [[nodiscard]] bool fits(std::size_t a, std::size_t b) const {
    Gpus gpus(problem_.pool_gpus.size(), 0);
    for (std::size_t u = 0; u < problem_.units.size(); ++u) {
      gpus[problem_.units[u].pool] += problem_.units[u].gpus * std::max(needs_[a][u], needs_[b][u]);
    }
    return within(problem_, gpus);
  }

  const MigrationProblem& problem_;
  const std::vector<Transfer>& transfers_;
  std::size_t full_;
  std::vector<Routing> routings_;        // by set
  std::vector<std::vector<int>> needs_;  // by set, by unit
};

/// Waves that move what fits, one transfer after the other.
class GreedyWaves {
 public:
  GreedyWaves(const MigrationProblem& problem, const std::vector<Transfer>& transfers,
              std::vector<std::size_t> order, bool parts)
      : problem_(problem), transfers_(transfers), order_(std::move(order)), parts_(parts) {}

  std::vector<Routing> waves() const {
    std::vector<Routing> path;
    Routing now(problem_, transfers_);
    while (!now.finished()) {
      now = path.size() < kMostWaves ? next(now) : everything(now);
      path.push_back(now);
    }
    return path;
  }

 private:
  [[nodiscard]] Routing everything(Routing now) const {
    now.move_all();
    return now;
  }

  [[nodiscard]] Routing next(const Routing& now) const {
    Wave wave(problem_, transfers_, now);
    if (wave.try_all()) return wave.finish();
    for (const std::size_t t : order_) {
      if (now.moved(t) < 1.0) wave.try_move(t, 1.0);
    }
    if (parts_ || !wave.progress()) {
      for (const std::size_t t : order_) wave.try_part(t);
    }
    return wave.progress() ? wave.finish() : forced(now);
  }

  /// Nothing more fits: what loses the fewest requests, and of those what loses them least long.
  [[nodiscard]] Routing forced(const Routing& now) const {
    Routing best = everything(now);
    double least = switch_over(problem_, now, best).lost;
    const auto offer = [&](Routing tried) {
      const SwitchOver over = switch_over(problem_, now, tried);
      if (!over.possible || over.lost >= least * (1.0 - tolerance::kReported)) return;
      least = over.lost;
      best = std::move(tried);
    };
    for (const std::size_t t : order_) {
      if (now.moved(t) >= 1.0) continue;
      Wave whole(problem_, transfers_, now);
      whole.force(t);
      offer(whole.finish());
      Wave part(problem_, transfers_, now);
      if (part.force_replica(t)) offer(part.finish());
    }
    return best;
  }

  const MigrationProblem& problem_;
  const std::vector<Transfer>& transfers_;
  std::vector<std::size_t> order_;
  bool parts_;
};

/// GPUs that a transfer gives back, less those it takes; by load, so not whole.
double freed_gpus(const MigrationProblem& problem, const Transfer& transfer) {
  double freed = 0.0;
  for (const MigrationFlow& flow : problem.flows) {
    if (flow.query_class != transfer.query_class) continue;
    const auto gpus = static_cast<double>(problem.units[flow.unit].gpus);
    if (transfer.from == flow.unit && flow.share_before > 0.0) {
      freed += gpus * flow.load_before * transfer.share / flow.share_before;
    }
    if (transfer.to == flow.unit && flow.share_after > 0.0) {
      freed -= gpus * flow.load_after * transfer.share / flow.share_after;
    }
  }
  return freed;
}

/// As they are, the lightest first, those that free most first.
std::vector<std::vector<std::size_t>> orders_of(const MigrationProblem& problem,
                                                const std::vector<Transfer>& transfers) {
  std::vector<std::size_t> given(transfers.size());
  std::iota(given.begin(), given.end(), std::size_t{0});
  std::vector<double> freed;
  for (const Transfer& transfer : transfers) freed.push_back(freed_gpus(problem, transfer));
  std::vector<std::size_t> light = given;
  std::stable_sort(light.begin(), light.end(), [&](std::size_t a, std::size_t b) {
    return std::abs(freed[a]) < std::abs(freed[b]);
  });
  std::vector<std::size_t> freeing = given;
  std::stable_sort(freeing.begin(), freeing.end(),
                   [&](std::size_t a, std::size_t b) { return freed[a] > freed[b]; });
  return {given, light, freeing};
}

/// Requests/s that a replica of a unit carries, by unit.
std::vector<double> requests_of(const MigrationProblem& problem, const Routing& routing) {
  std::vector<double> requests(problem.units.size(), 0.0);
  for (std::size_t i = 0; i < problem.classes.size(); ++i) {
    for (const Placed& part : routing.placed(i)) {
      requests[part.unit] += part.share * routing.rate(i);
    }
  }
  for (std::size_t u = 0; u < requests.size(); ++u) {
    requests[u] /= std::max(1e-9, routing.load(u));
  }
  return requests;
}

}  // namespace

SwitchOver switch_over(const MigrationProblem& problem, const Routing& before,
                       const Routing& after) {
  SwitchOver over;
  Gpus gpus(problem.pool_gpus.size(), 0);
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    over.replicas.push_back(std::max(before.need(u), after.need(u)));
    gpus[problem.units[u].pool] += problem.units[u].gpus * over.replicas[u];
  }
  if (within(problem, gpus)) return over;
  const std::vector<double> requests = requests_of(problem, before);
  std::vector<std::size_t> order(problem.units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto worth = [&](std::size_t u) {
    return requests[u] / static_cast<double>(problem.units[u].gpus);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return worth(a) < worth(b); });
  for (const std::size_t u : order) {
    const MigrationUnit& unit = problem.units[u];
    const std::optional<long long>& most = problem.pool_gpus[unit.pool];
    const int spare = over.replicas[u] - after.need(u);
    if (!most || gpus[unit.pool] <= *most || spare <= 0) continue;
    const long long wanted = (gpus[unit.pool] - *most + unit.gpus - 1) / unit.gpus;
    const int given = static_cast<int>(std::min<long long>(spare, wanted));
    over.replicas[u] -= given;
    gpus[unit.pool] -= given * unit.gpus;
    over.lost += std::max(0.0, before.load(u) - over.replicas[u]) * requests[u];
  }
  over.possible = within(problem, gpus);
  return over;
}

std::vector<std::vector<Routing>> migration_waves(const MigrationProblem& problem,
                                                  const std::vector<Transfer>& transfers) {
  std::vector<std::vector<Routing>> ways;
  if (transfers.empty()) {
    ways.emplace_back();
    return ways;
  }
  Wave at_once(problem, transfers, Routing(problem, transfers));
  if (at_once.try_all()) {
    ways.emplace_back().push_back(at_once.finish());
    return ways;
  }
  if (transfers.size() <= kMostTried) {
    ways.push_back(SetSearch(problem, transfers).waves());
    if (!ways.front().empty()) return ways;
    ways.clear();
  }
  for (const std::vector<std::size_t>& order : orders_of(problem, transfers)) {
    for (const bool parts : {false, true}) {
      ways.push_back(GreedyWaves(problem, transfers, order, parts).waves());
    }
  }
  return ways;
}

}  // namespace berth
