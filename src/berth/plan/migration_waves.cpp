#include "berth/plan/migration_waves.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "berth/core/tolerance.h"
#include "berth/plan/switch_over.h"

namespace berth {
namespace {

/// Up to so many transfers every set of them is tried.
constexpr std::size_t kMostTried = 10;
/// Steps nobody would take one by one; what is left then moves at once.
constexpr std::size_t kMostWaves = 2000;
constexpr int kBisections = 60;
/// Shares that move in part are cut to a multiple of the first of these that changes no load.
constexpr std::array kShareSteps = {1e6, 1e9};
/// A part of a class that is worth a change of its routes: this share, or this load in replicas.
constexpr double kLeastShare = 1e-3;
constexpr double kLeastLoad = 0.5;
/// What is moved to the brim must still fit when its loads are summed in another order.
constexpr double kBrim = tolerance::kLoad / 2;
/// A part is sought that fills replicas to this much beyond the brim.
constexpr double kExact = 1e-9;

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
    for (std::size_t u = 0; u < base_.size(); ++u) base_[u] = start.need(u);
    recount();
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
    const PoolGpus gpus = gpus_;
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
    over_ = kExact;
    recount();
    const double part = largest(transfer, [this] { return within(problem_, gpus_); });
    over_ = kBrim;
    recount();
    if (!worthwhile(transfer, part)) return;
    const double load = added_load(transfer, part) / (part - next_.moved(transfer));
    double rounded = part;
    for (const double steps : kShareSteps) {
      const double cut = std::floor(part * share * steps) / steps / share;
      if ((part - cut) * load > kBrim) continue;
      rounded = cut;
      break;
    }
    try_move(transfer, rounded);
  }

  /// As much of it as one more replica takes, whether it fits or not; false: nothing of it.
  bool force_replica(std::size_t transfer) {
    const std::optional<std::size_t> unit = transfers_[transfer].to;
    if (!unit || next_.moved(transfer) >= 1.0) return false;
    const int most = std::max(base_[*unit], next_.need(*unit)) + 1;
    const double part = largest(transfer, [&] { return next_.need(*unit, kExact) <= most; });
    if (!worthwhile(transfer, part)) return false;
    move(transfer, part);
    return true;
  }

  void force(std::size_t transfer) { move(transfer, 1.0); }

 private:
  [[nodiscard]] long long gpus_of(std::size_t unit) const {
    return problem_.units[unit].gpus * std::max(base_[unit], next_.need(unit, over_));
  }

  void recount() {
    std::fill(gpus_.begin(), gpus_.end(), 0);
    for (std::size_t u = 0; u < base_.size(); ++u) gpus_[problem_.units[u].pool] += gpus_of(u);
  }

  /// What asks only for another rate is progress as well.
  [[nodiscard]] double weight(std::size_t transfer) const {
    const Transfer& t = transfers_[transfer];
    return !t.from && !t.to ? 1.0 : t.share;
  }

  bool worthwhile(std::size_t transfer, double part) {
    const double was = next_.moved(transfer);
    const Transfer& t = transfers_[transfer];
    if ((part - was) * t.share >= kLeastShare) return true;
    if ((part - was) * t.share <= tolerance::kShare) return false;
    return added_load(transfer, part) >= kLeastLoad;
  }

  /// Replicas' worth that the target of a transfer gets more; 0 where it has none.
  double added_load(std::size_t transfer, double part) {
    const std::optional<std::size_t>& to = transfers_[transfer].to;
    if (!to) return 0.0;
    const double was = next_.moved(transfer);
    const double load = next_.load(*to);
    move(transfer, part);
    const double more = next_.load(*to) - load;
    move(transfer, was);
    return more;
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
  PoolGpus gpus_;          // that the wave needs, by pool
  double over_ = kBrim;    // load that a replica may have beyond itself
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
    PoolGpus gpus(problem_.pool_gpus.size(), 0);
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

/// How much a greedy wave takes on.
enum class Greed {
  kWhole,  // whole transfers, parts only where none fits
  kParts,  // whole transfers, then parts of the others
  kOne,    // one transfer, so that what it frees is free for it
};

/// Waves that move what fits, one transfer after the other.
class GreedyWaves {
 public:
  GreedyWaves(const MigrationProblem& problem, const std::vector<Transfer>& transfers,
              std::vector<std::size_t> order, Greed greed)
      : problem_(problem), transfers_(transfers), order_(std::move(order)), greed_(greed) {}

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
      if (now.moved(t) >= 1.0) continue;
      const bool whole = wave.try_move(t, 1.0);
      if (greed_ != Greed::kOne) continue;
      if (!whole) wave.try_part(t);
      if (wave.progress()) break;
    }
    if (greed_ == Greed::kParts || !wave.progress()) {
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
  Greed greed_;
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

}  // namespace

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
    for (const Greed greed : {Greed::kWhole, Greed::kParts, Greed::kOne}) {
      ways.push_back(GreedyWaves(problem, transfers, order, greed).waves());
    }
  }
  return ways;
}

}  // namespace berth
