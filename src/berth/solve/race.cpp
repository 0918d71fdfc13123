#include "berth/solve/race.h"

#include <algorithm>
#include <limits>
#include <mutex>
#include <thread>
#include <utility>

#include "berth/core/team.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/bound/rounding.h"
#include "berth/solve/branch/branch.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/reduced.h"

namespace berth {
namespace {

// Up to so many classes AGH's plan is the optimum nearly always, and the proof wants the time.
constexpr std::size_t kClosedSoon = 24;
// Of the time that is left, where an exact search follows.
constexpr double kBeforeTree = 0.3;
constexpr double kTreePart = 0.6;  // with one thread
constexpr double kHalfMicro = 0.5e-6;

/// What all of them know: the best cost, the best bound, and whether that is enough.
class Scoreboard {
 public:
  Scoreboard(const RaceStart& start, const Limits& limits)
      : limits_(limits),
        deadline_(limits),
        over_(limits.stop),
        step_(bound::cost_step(start.instance)) {
    cost_ = handed_in_ = price(start.instance, start.plan).total().usd();
    result_.bound = std::min(cost_, start.bound.value);
  }

  [[nodiscard]] const StopFlag& over() const { return over_; }
  [[nodiscard]] double left() const {
    return std::max(0.0, limits_.time.value - deadline_.elapsed_seconds());
  }
  [[nodiscard]] bool ended() const { return over_.stop_requested() || deadline_.expired(); }
  [[nodiscard]] double cost() const {
    const std::lock_guard lock(mutex_);
    return cost_;
  }
  [[nodiscard]] double bound() const {
    const std::lock_guard lock(mutex_);
    return result_.bound;
  }

  /// Somebody has a plan of this cost and will hand it in.
  void announce(double cost) {
    const std::lock_guard lock(mutex_);
    cost_ = std::min(cost_, cost);
    end_if_closed();
  }

  void prove(double bound, const char* by) {
    const std::lock_guard lock(mutex_);
    const double proven = std::min(cost_, bound::rounded_up(bound, step_));
    if (proven > result_.bound + kHalfMicro) {
      result_.bound = proven;
      result_.proved_by = by;
    }
    end_if_closed();
  }

  void hand_in(const Instance& instance, Solution plan, const char* by) {
    const double cost = price(instance, plan).total().usd();
    const std::lock_guard lock(mutex_);
    if (cost > handed_in_ - kHalfMicro) return;
    handed_in_ = cost;
    cost_ = std::min(cost_, cost);
    result_.better = std::move(plan);
    result_.found_by = by;
    end_if_closed();
  }

  /// The best one handed in so far; `start` if none was better.
  [[nodiscard]] Solution plan(const Solution& start) const {
    const std::lock_guard lock(mutex_);
    return result_.better.value_or(start);
  }

  /// `nodes` of the search that reports, if it has any.
  void report(std::optional<std::int64_t> nodes) {
    const std::lock_guard lock(mutex_);
    if (!limits_.on_progress) return;
    nodes_ = nodes.value_or(nodes_);
    Progress progress;
    progress.seconds = deadline_.elapsed_seconds();
    progress.incumbent = cost_;
    progress.bound = result_.bound;
    progress.nodes = nodes_;
    limits_.on_progress(progress);
  }

  /// All are to stop: one has failed.
  void give_up() { over_.request_stop(); }

  void ended_by(std::string limit) {
    const std::lock_guard lock(mutex_);
    result_.limit = std::move(limit);
  }

  RaceResult take() {
    if (closed_) result_.limit = "gap";
    if (!closed_ && deadline_.stopped()) result_.limit = "stop";
    return std::move(result_);
  }

 private:
  void end_if_closed() {
    // What was only announced may yet fail the check.
    if (handed_in_ - result_.bound > limits_.gap * handed_in_) return;
    closed_ = true;
    over_.request_stop();
  }

  const Limits& limits_;
  Deadline deadline_;
  StopFlag over_;
  std::int64_t step_;
  mutable std::mutex mutex_;
  double cost_ = 0.0;       // the least that was announced
  double handed_in_ = 0.0;  // of the best plan that is here
  bool closed_ = false;
  std::int64_t nodes_ = 0;  // last reported
  RaceResult result_;
};

class Race {
 public:
  Race(const RaceStart& start, const Limits& limits)
      : start_(start), limits_(limits), board_(start, limits) {}

  RaceResult run() {
    const int threads = limits_.threads > 0
                            ? limits_.threads
                            : static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    if (threads == 1) {
      grow_tree(1, (others_follow() ? kTreePart : 1.0) * board_.left());
      search_other_ways();
    } else {
      side_by_side([&] { grow_tree(threads - 1, board_.left()); }, [&] { search_other_ways(); },
                   [&] { board_.give_up(); });
    }
    return board_.take();
  }

 private:
  [[nodiscard]] Limits limits_for(double seconds, int threads) const {
    Limits limits = limits_;
    limits.time = Seconds{seconds};
    limits.threads = threads;
    limits.stop = &board_.over();
    limits.on_progress = {};
    return limits;
  }

  void grow_tree(int threads, double seconds) {
    Limits limits = limits_for(seconds, threads);
    limits.on_progress = [this](const Progress& progress) {
      board_.announce(*progress.incumbent);
      board_.prove(*progress.bound, "branch");
      board_.report(progress.nodes);
    };
    branch::BranchOptions options;
    options.best_cost = [this] { return board_.cost(); };
    branch::BranchResult tree = branch::prove(start_.instance, start_.relaxation, start_.bound,
                                              board_.cost(), limits, options);
    if (tree.better) board_.hand_in(start_.instance, std::move(*tree.better), "branch");
    board_.prove(tree.bound, "branch");
    board_.ended_by(tree.limit);
  }

  /// What the tree does not do: better plans by AGH, where there are many classes, then HiGHS,
  /// which knows cuts that the knapsacks of the tree do not see.
  void search_other_ways() {
    if (many_classes()) {
      const double left = board_.left();
      look_for_plans((fits((1.0 - kBeforeTree) * left) ? kBeforeTree : 1.0) * left);
    }
    // AGH may have ended early, and a better plan leaves fewer pairs.
    if (!board_.ended() && fits(board_.left())) search_exactly();
  }

  [[nodiscard]] bool many_classes() const { return start_.instance.class_count() > kClosedSoon; }
  [[nodiscard]] bool others_follow() const {
    return many_classes() || fits((1.0 - kTreePart) * board_.left());
  }

  /// Whether what fixing leaves now can be searched exactly in so many seconds.
  [[nodiscard]] bool fits(double seconds) const {
    const bound::Fixing fixing = start_.relaxation.fix(start_.bound, board_.cost());
    // The root may take half of the time; the other half is for the search.
    return fixing.pairs <= milp::searchable_pairs(Seconds{0.5 * seconds});
  }

  void look_for_plans(double seconds) {
    AdaptiveOptions options;
    options.seed = start_.seed + 1;
    options.dominance = false;
    options.relaxation = &start_.relaxation;
    options.bound = &start_.bound;
    options.start = &start_.plan;
    options.proven = [this] { return board_.bound(); };
    options.on_better = [this](double cost) { board_.announce(cost); };
    Limits limits = limits_for(seconds, 1);
    limits.on_progress = [this](const Progress&) { board_.report(std::nullopt); };
    SolveResult found = solve_adaptive(start_.instance, options, limits);
    if (found.solution) board_.hand_in(start_.instance, std::move(*found.solution), "agh");
  }

  void search_exactly() {
    const double cost = board_.cost();
    const ReducedInstance fixed =
        bound::reduce(start_.instance, start_.relaxation.fix(start_.bound, cost));
    milp::MilpOptions options;
    options.dominance = false;
    options.warm_start = false;
    options.worth = false;
    options.most_pairs = std::numeric_limits<std::size_t>::max();
    options.formulation.known_cost = cost;
    const std::optional<Solution> start =
        into_reduced(fixed.new_index, fixed.instance.option_count(), board_.plan(start_.plan));
    if (start) options.start = &*start;
    Limits limits = limits_for(board_.left(), 1);
    limits.on_progress = [this, cost](const Progress& progress) {
      if (progress.bound) {
        board_.prove(std::min(cost, milp::proven_bound(*progress.bound)), "milp");
      }
      board_.report(progress.nodes);
    };
    const SolveResult exact = milp::solve_milp(fixed.instance, options, limits);
    const Termination& end = exact.termination;
    // Plans outside the reduced instance cost no less than the one that reduced it.
    if (end.reason == TerminationReason::kInfeasible && end.proven) {
      board_.prove(cost, "milp");
    } else if (exact.lower_bound) {
      board_.prove(std::min(cost, *exact.lower_bound), "milp");
    }
    if (exact.solution) {
      board_.hand_in(start_.instance, out_of_reduced(fixed.new_index, *exact.solution), "milp");
    }
  }

  const RaceStart& start_;
  const Limits& limits_;
  Scoreboard board_;
};

}  // namespace

RaceResult race(const RaceStart& start, const Limits& limits) { return Race(start, limits).run(); }

}  // namespace berth
