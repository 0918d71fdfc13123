#include "berth/solve/automatic.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

#include "berth/core/team.h"
#include "berth/instance/dominance.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/worth.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/race.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

constexpr double kNothingProven = -std::numeric_limits<double>::infinity();

// AGH is near its best after this; what is left of the time goes to the proof.
constexpr double kAdaptiveStart = 0.03;      // s
constexpr double kAdaptivePerClass = 0.015;  // s
constexpr double kAdaptiveMost = 3.0;        // s
constexpr double kAdaptivePart = 0.3;        // of a time limit, where an exact search may follow
// The first prices: enough to guide AGH. More of them come while it runs.
constexpr std::int64_t kFirstPasses = 60;
constexpr double kFirstPart = 0.15;  // of a time limit
// With less than this left, setting up the exact search would only overrun the limit.
constexpr double kLeastPart = 0.05;  // of a time limit

class Automatic {
 public:
  Automatic(const Instance& instance, std::uint64_t seed, const Limits& limits)
      : original_(instance),
        seed_(seed),
        asked_(std::isfinite(limits.time.value)),
        limits_(with_patience(limits)),
        deadline_(limits_),
        reduced_(without_dominated(instance)),
        relaxation_(reduced_.instance) {}

  SolveResult run() {
    find_prices();
    search();
    if (!closed() && !deadline_.stopped() && left() > kLeastPart * limits_.time.value) close();
    conclude();
    return std::move(result_);
  }

 private:
  static Limits with_patience(Limits limits) {
    if (!std::isfinite(limits.time.value)) limits.time = kPatience;
    return limits;
  }

  [[nodiscard]] const Instance& problem() const { return reduced_.instance; }
  [[nodiscard]] double left() const {
    return std::max(0.0, limits_.time.value - deadline_.elapsed_seconds());
  }
  [[nodiscard]] double cost() const { return result_.cost.total().usd(); }
  [[nodiscard]] bool closed() const {
    return result_.solution && cost() - bound_.value <= limits_.gap * cost();
  }
  [[nodiscard]] bool searchable(std::size_t pairs) const {
    // The root may take half of the time; the other half is for the search.
    return pairs <= milp::searchable_pairs(Seconds{0.5 * left()});
  }

  void find_prices() {
    Limits limits = limits_;
    limits.iterations = kFirstPasses;
    limits.time = Seconds{kFirstPart * limits_.time.value};
    limits.on_progress = {};
    bound_ = relaxation_.improve({}, limits);
    proven_.store(bound_.value);
    result_.bound_seconds = deadline_.elapsed_seconds();
  }

  /// Raises the bound beside AGH, as long as it can.
  void prove_more() {
    bound::BoundOptions options;
    options.start = &bound_.prices;
    options.best_cost = [this] { return best_cost_.load(); };
    options.on_improved = [this](double bound, const bound::Prices&) { proven_.store(bound); };
    Limits limits = limits_;
    limits.time = Seconds{left()};
    limits.stop = &enough_;
    limits.threads = 1;
    limits.on_progress = {};
    bound::Bound more = relaxation_.improve(options, limits);
    if (more.value > bound_.value) better_bound_ = std::move(more);
  }

  /// AGH, the bound side by side with it.
  void search() {
    AdaptiveOptions options;
    options.seed = seed_;
    options.dominance = false;
    options.relaxation = &relaxation_;
    options.bound = &bound_;
    options.proven = [this] { return proven_.load(); };
    options.on_better = [this](double cost) { best_cost_.store(cost); };
    Limits limits = limits_;
    limits.time = Seconds{adaptive_seconds()};
    if (limits_.on_progress) {
      limits.on_progress = [this](Progress progress) {
        progress.seconds = deadline_.elapsed_seconds();
        progress.bound = proven_.load();
        limits_.on_progress(progress);
      };
    }
    StopFlag failed(limits_.stop);
    limits.stop = &failed;
    SolveResult found;
    const auto find = [&] {
      found = solve_adaptive(problem(), options, limits);
      enough_.request_stop();
    };
    const auto end_other = [&] {
      failed.request_stop();
      enough_.request_stop();
    };
    const bool open = !bound_.infeasible && bound_.limit != "converged";
    if (open) {
      side_by_side(
          find, [this] { prove_more(); }, end_other);
    } else {
      find();
    }
    if (better_bound_) bound_ = std::move(*better_bound_);
    const double bound_seconds = result_.bound_seconds;
    result_ = std::move(found);
    result_.bound_seconds = bound_seconds;
  }

  [[nodiscard]] double adaptive_seconds() const {
    const double wanted =
        std::min(kAdaptiveMost,
                 kAdaptiveStart + kAdaptivePerClass * static_cast<double>(problem().class_count()));
    if (!searchable(problem().pair_count()))
      return asked_ ? left() : std::min(left(), kAdaptiveMost);
    return std::min(wanted, kAdaptivePart * left());
  }

  /// Closes what is open, as far as the time allows.
  void close() {
    if (!result_.solution) return search_from_nothing();
    Limits limits = limits_;
    limits.time = Seconds{left()};
    RaceResult found = race({problem(), relaxation_, bound_, *result_.solution, seed_}, limits);
    if (found.better) {
      result_.method = found.found_by;
      result_.solution = std::move(found.better);
      result_.cost = price(problem(), *result_.solution);
    }
    if (found.bound > bound_.value) {
      bound_.value = found.bound;
      result_.method = found.proved_by;
    }
    ended_by_ = std::move(found.limit);
  }

  /// AGH has no plan: HiGHS may find one, or prove that there is none.
  void search_from_nothing() {
    if (!searchable(problem().pair_count())) return;
    milp::MilpOptions options;
    options.worth = false;  // the bound tells
    options.most_pairs = std::numeric_limits<std::size_t>::max();
    Limits limits = limits_;
    limits.time = Seconds{left()};
    SolveResult exact = milp::solve_milp(problem(), options, limits);
    if (exact.lower_bound) bound_.value = std::max(bound_.value, *exact.lower_bound);
    exact.bound_seconds = result_.bound_seconds;
    result_ = std::move(exact);
    ended_by_ = result_.termination.limit;
  }

  void conclude() {
    result_.solve_seconds = deadline_.elapsed_seconds();
    if (!result_.solution) {
      if (bound_.infeasible) result_.termination.proven = true;
      return;
    }
    result_.solution = out_of_reduced(reduced_.new_index, *result_.solution);
    result_.cost = price(original_, *result_.solution);
    result_.lower_bound = std::min(cost(), bound_.value);
    result_.worth = bound::worth_of(original_, bound_.prices);
    Termination& end = result_.termination;
    end = Termination{TerminationReason::kFeasible, false, {}, {}};
    if (cost() - *result_.lower_bound <= tolerance::kOptimalGap * cost()) {
      end.reason = TerminationReason::kOptimal;
      end.proven = true;
    } else if (deadline_.stopped()) {
      end.reason = TerminationReason::kLimit;
      end.limit = "stop";
    } else if (closed()) {
      end.reason = TerminationReason::kLimit;
      end.limit = "gap";
    } else if (ended_by_ == "nodes" || ended_by_ == "memory" || ended_by_ == "size") {
      end.reason = TerminationReason::kLimit;
      end.limit = ended_by_;
    } else if (ended_by_ == "leaves") {
      end.detail = "rounding keeps the gap open";
    } else if (asked_) {
      end.reason = TerminationReason::kLimit;
      end.limit = "time";  // or what was left of it was too little to go on
    } else {
      end.detail = "the search was ended; --time-limit gives it longer";
    }
  }

  const Instance& original_;
  std::uint64_t seed_;
  bool asked_;  // for a time limit
  Limits limits_;
  Deadline deadline_;
  ReducedInstance reduced_;
  bound::Lagrangian relaxation_;
  bound::Bound bound_;
  std::optional<bound::Bound> better_bound_;
  std::atomic<double> proven_{kNothingProven};
  std::atomic<double> best_cost_{std::numeric_limits<double>::infinity()};
  StopFlag enough_;       // AGH has ended
  std::string ended_by_;  // the limit that ended the last search
  SolveResult result_;
};

}  // namespace

SolveResult solve_automatic(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  return Automatic(instance, seed, limits).run();
}

}  // namespace berth
