#include "berth/solve/automatic.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>
#include <optional>
#include <thread>
#include <utility>

#include "berth/instance/dominance.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/worth.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

constexpr double kNothingProven = -std::numeric_limits<double>::infinity();

// AGH is near its best after this; what is left of the time goes to the proof.
constexpr double kAdaptiveStart = 0.03;      // s
constexpr double kAdaptivePerClass = 0.015;  // s
constexpr double kAdaptiveMost = 3.0;        // s
constexpr double kAdaptivePart = 0.3;        // of a time limit, where an exact search may follow
// Up to so many classes AGH's plan is the optimum nearly always, and the proof wants both cores.
constexpr std::size_t kClosedSoon = 24;
// The first prices: enough to guide AGH. More of them come while it runs.
constexpr std::int64_t kFirstPasses = 60;
constexpr double kFirstPart = 0.15;  // of a time limit

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
    if (!closed() && !deadline_.stopped()) search_exactly();
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
    std::optional<std::thread> prover;
    const bool open = !bound_.infeasible && bound_.limit != "converged";
    if (open) prover.emplace([this] { prove_more(); });
    SolveResult found = solve_adaptive(problem(), options, limits);
    enough_.request_stop();
    if (prover) prover->join();
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

  /// The exact search among the options that a better plan may use.
  void search_exactly() {
    std::optional<ReducedInstance> fixed;
    if (result_.solution) fixed.emplace(bound::reduce(problem(), relaxation_.fix(bound_, cost())));
    const Instance& instance = fixed ? fixed->instance : problem();
    if (!searchable(instance.pair_count())) return;
    milp::MilpOptions options;
    options.dominance = !fixed;
    options.warm_start = !fixed;
    options.most_pairs = std::numeric_limits<std::size_t>::max();
    std::optional<Solution> start;
    if (fixed) {
      options.formulation.known_cost = cost();
      start = into_reduced(fixed->new_index, instance.option_count(), *result_.solution);
      if (start) options.start = &*start;
    }
    Limits limits = limits_;
    limits.time = Seconds{left()};
    Companion companion(*this);
    SolveResult exact = milp::solve_milp(instance, options, limits);
    if (exact.solution && fixed) {
      exact.solution = out_of_reduced(fixed->new_index, *exact.solution);
    }
    take_over(std::move(exact));
    if (const std::optional<Solution> other = companion.end()) adopt(*other, "agh");
  }

  /// AGH on the other core while the exact search, which has use for one, proves.
  class Companion {
   public:
    explicit Companion(Automatic& automatic) {
      if (!automatic.result_.solution || automatic.problem().class_count() <= kClosedSoon ||
          automatic.limits_.threads == 1 || std::thread::hardware_concurrency() < 2) {
        return;
      }
      start_ = *automatic.result_.solution;
      bound_ = automatic.bound_;
      options_.seed = automatic.seed_ + 1;
      options_.dominance = false;
      options_.relaxation = &automatic.relaxation_;
      options_.bound = &bound_;
      options_.start = &start_;
      limits_.time = Seconds{automatic.left()};
      limits_.threads = 1;
      limits_.stop = &stop_;
      thread_.emplace(
          [this, &automatic] { found_ = solve_adaptive(automatic.problem(), options_, limits_); });
    }
    Companion(const Companion&) = delete;
    Companion& operator=(const Companion&) = delete;
    ~Companion() { (void)end(); }

    /// What it has found, if anything.
    std::optional<Solution> end() {
      if (!thread_) return std::nullopt;
      stop_.request_stop();
      thread_->join();
      thread_.reset();
      return std::move(found_.solution);
    }

   private:
    Solution start_;
    bound::Bound bound_;
    AdaptiveOptions options_;
    Limits limits_;
    StopFlag stop_;
    SolveResult found_;
    std::optional<std::thread> thread_;
  };

  /// Takes `solution` if it is better.
  void adopt(const Solution& solution, const char* method) {
    const Cost found = price(problem(), solution);
    if (found.total() >= result_.cost.total()) return;
    result_.method = method;
    result_.solution = solution;
    result_.cost = found;
  }

  void take_over(SolveResult exact) {
    exact.bound_seconds = result_.bound_seconds;
    if (!result_.solution) {
      if (exact.lower_bound) bound_.value = std::max(bound_.value, *exact.lower_bound);
      result_ = std::move(exact);
      return;
    }
    // Plans outside the reduced instance cost no less than the one that reduced it.
    const bool nothing_better =
        exact.termination.reason == TerminationReason::kInfeasible && exact.termination.proven;
    const double proven =
        nothing_better ? cost() : std::min(cost(), exact.lower_bound.value_or(kNothingProven));
    if (proven > bound_.value) result_.method = "milp";
    bound_.value = std::max(bound_.value, proven);
    ended_by_ = exact.termination;
    if (!exact.solution) return;
    adopt(*exact.solution, "milp");
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
    } else if (asked_ && deadline_.expired()) {
      end.reason = TerminationReason::kLimit;
      end.limit = "time";
    } else if (ended_by_.reason == TerminationReason::kLimit && ended_by_.limit != "time") {
      end = ended_by_;
    } else if (!asked_) {
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
  StopFlag enough_;  // AGH has ended
  Termination ended_by_;
  SolveResult result_;
};

}  // namespace

SolveResult solve_automatic(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  return Automatic(instance, seed, limits).run();
}

}  // namespace berth
