#include "berth/solve/milp/milp.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "berth/instance/dominance.h"
#include "berth/plan/check.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/highs.h"
#include "berth/solve/milp/relaxation.h"
#include "berth/solve/milp/repair.h"
#include "berth/solve/reduced.h"

namespace berth::milp {
namespace {

/// The error of a bound that comes out of floating-point simplex.
constexpr double kRelativeNoise = 1e-7;
constexpr double kAbsoluteNoise = 1e-9;  // USD/h

/// Measured: the relaxation of 30,000 undominated pairs takes about 5 s, and four times as long
/// with twice the pairs.
constexpr double kMeasuredPairs = 30'000.0;
constexpr double kMeasuredSeconds = 5.0;

/// Up to here the relaxation takes a few tenths of a second.
constexpr std::size_t kWorthPairs = 10'000;

class Search {
 public:
  Search(const Instance& instance, const MilpOptions& options, const Limits& limits,
         MilpReport& report)
      : instance_(instance),
        options_(options),
        limits_(limits),
        report_(report),
        deadline_(limits) {
    result_.method = "milp";
    if (options.dominance) reduced_ = without_dominated(instance);
  }

  SolveResult run() {
    begin();
    if (options_.any_plan && result_.solution) {
      end(TerminationReason::kFeasible, false);
    } else if (!result_.solution && hint_.proven) {
      end(TerminationReason::kInfeasible, true, {}, why_infeasible());
    } else if (deadline_.reached()) {
      end(TerminationReason::kLimit, false, deadline_.stopped() ? "stop" : "time");
    } else if (problem().pair_count() > most_pairs()) {
      end(TerminationReason::kLimit, false, "size",
          result_.solution ? fmt::format("{} pairs are too many for an exact search in this time",
                                         problem().pair_count())
                           : hint_.detail);
    } else {
      conclude(search());
      add_worth();
    }
    result_.solve_seconds = deadline_.elapsed_seconds();
    return std::move(result_);
  }

 private:
  [[nodiscard]] const Instance& problem() const {
    return reduced_ ? reduced_->instance : instance_;
  }

  [[nodiscard]] std::size_t most_pairs() const {
    return options_.most_pairs > 0 ? options_.most_pairs : searchable_pairs(limits_.time);
  }

  /// The plans there are before any search: GH's and the caller's.
  void begin() {
    if (options_.warm_start) {
      SolveResult greedy = solve_greedy(problem(), GreedyOptions{}, limits_);
      // GH does not count changes.
      if (greedy.solution && check(problem(), *greedy.solution).empty()) offer(*greedy.solution);
      hint_ = std::move(greedy.termination);
    }
    if (options_.start != nullptr) {
      const std::optional<Solution> start =
          reduced_ ? into_reduced(reduced_->new_index, problem().option_count(), *options_.start)
                   : *options_.start;
      if (start && check(problem(), *start).empty()) offer(*start);
    }
    report_.options = problem().option_count();
    if (best_) report_.first_cost = result_.cost.total().usd();
  }

  /// Keeps `solution` of the smaller problem if it is the cheapest so far.
  void offer(const Solution& solution) {
    Cost cost = price(problem(), solution);
    if (best_ && cost.total() >= result_.cost.total()) return;
    best_ = solution;
    result_.cost = cost;
    result_.solution = reduced_ ? out_of_reduced(reduced_->new_index, solution) : solution;
  }

  MipAnswer search() {
    FormulationOptions formulation = options_.formulation;
    if (formulation.strong_rows == StrongRows::kAutomatic) {
      formulation.strong_rows = choose_strong_rows(problem());
    }
    if (best_) {
      const double cost = result_.cost.total().usd();
      formulation.known_cost = std::min(cost, formulation.known_cost.value_or(cost));
    }
    const Formulation form = formulate(problem(), formulation);
    report_.columns = form.model.column_count();
    report_.rows = form.model.row_count();
    report_.entries = form.model.entry_count();

    Highs highs(form.model);
    if (formulation.strong_rows == StrongRows::kLazy) {
      const LpAnswer root = add_violated_rows(
          highs, strengthening_rows(problem(), form, formulation), deadline_, limits_);
      if (root.ending != Ending::kOptimal) return relaxation_ended(root);
    }
    MipSettings settings;
    settings.time_limit_s = limits_.time.value - deadline_.elapsed_seconds();
    settings.relative_gap = std::max(0.0, limits_.gap - kRelativeNoise);
    settings.nodes = limits_.nodes;
    settings.threads = limits_.threads;
    settings.any_solution = options_.any_plan;
    settings.stop = limits_.stop;
    settings.on_progress = limits_.on_progress;
    std::vector<double> start;
    if (best_) start = columns_of(problem(), form, *best_);
    settings.start = start;
    MipAnswer answer = highs.solve(settings);
    report_.nodes = answer.nodes;
    if (!answer.value.empty()) {
      const std::optional<Solution> plan = repaired(problem(), form, answer.value);
      if (plan) offer(*plan);
      if (!plan && !best_) answer.detail = "its solution could not be repaired";
    }
    return answer;
  }

  /// The relaxation once more, for its duals, where it costs little beside the search.
  void add_worth() {
    if (!options_.worth || options_.any_plan) return;
    if (!result_.solution || !result_.lower_bound) return;
    if (problem().pair_count() > kWorthPairs) return;
    MilpOptions options = options_;
    options.dominance = false;
    options.formulation.tight_bounds = false;  // a bound must not take over what a limit is worth
    const std::optional<Relaxation> relaxation = solve_relaxation(
        problem(), options, limits_.time.value - deadline_.elapsed_seconds(), limits_.stop);
    if (!relaxation) return;
    result_.worth =
        RelaxationWorth{relaxation->demand_worth, relaxation->pool_worth, relaxation->budget_worth};
  }

  static MipAnswer relaxation_ended(const LpAnswer& root) {
    MipAnswer answer;
    answer.ending = root.ending;
    answer.limit = root.limit;
    answer.detail = root.detail;
    if (root.ending == Ending::kLimit) answer.bound = root.objective;  // of the last full round
    return answer;
  }

  void end(TerminationReason reason, bool proven, std::string limit = {}, std::string detail = {}) {
    result_.termination = {reason, proven, std::move(limit), std::move(detail)};
  }

  [[nodiscard]] double gap() const {
    const double cost = result_.cost.total().usd();
    if (cost <= 0.0) return 0.0;
    return (cost - *result_.lower_bound) / cost;
  }

  /// What the allowance for noise in the bound adds to the gap.
  [[nodiscard]] double gap_noise() const {
    const double cost = result_.cost.total().usd();
    return cost > 0.0 ? 2.0 * kRelativeNoise + (kAbsoluteNoise + 1e-12) / cost : 0.0;
  }

  void conclude(const MipAnswer& answer) {
    if (answer.bound && answer.ending != Ending::kInfeasible) {
      result_.lower_bound = proven_bound(*answer.bound);
    }
    switch (answer.ending) {
      case Ending::kOptimal: return conclude_optimal(answer);
      case Ending::kLimit:
        if (options_.any_plan && result_.solution) return end(TerminationReason::kFeasible, false);
        return end(TerminationReason::kLimit, false, answer.limit);
      case Ending::kInfeasible:
        if (!result_.solution) {
          return end(TerminationReason::kInfeasible, true, {}, why_infeasible());
        }
        return end(TerminationReason::kFeasible, false, {},
                   "HiGHS finds no solution where there is one: no bound");
      case Ending::kUnbounded: return end(TerminationReason::kUnbounded, true);
      case Ending::kError:
        return end(result_.solution ? TerminationReason::kFeasible : TerminationReason::kError,
                   false, {}, answer.detail);
    }
  }

  [[nodiscard]] std::string why_infeasible() const {
    if (!hint_.detail.empty()) return hint_.detail;
    return "the limits contradict each other";
  }

  void conclude_optimal(const MipAnswer& answer) {
    if (!result_.solution) {
      return end(TerminationReason::kError, false, {},
                 "HiGHS has a solution, but " + answer.detail);
    }
    if (!result_.lower_bound || gap() > limits_.gap + gap_noise()) {
      return end(TerminationReason::kFeasible, false, {}, "numerical noise keeps the gap open");
    }
    if (gap() > tolerance::kOptimalGap) return end(TerminationReason::kLimit, false, "gap");
    end(TerminationReason::kOptimal, true);
  }

  const Instance& instance_;
  const MilpOptions& options_;
  const Limits& limits_;
  MilpReport& report_;
  Deadline deadline_;
  std::optional<ReducedInstance> reduced_;  // absent: all options
  std::optional<Solution> best_;            // in the smaller problem's options
  Termination hint_;                        // what GH said
  SolveResult result_;
};

}  // namespace

double proven_bound(double bound) {
  const double noise = kRelativeNoise * std::abs(bound) + kAbsoluteNoise;
  return std::max(0.0, std::ceil((bound - noise) * 1e6) / 1e6);
}

std::size_t searchable_pairs(Seconds time) {
  if (!std::isfinite(time.value)) return std::numeric_limits<std::size_t>::max();
  return static_cast<std::size_t>(kMeasuredPairs *
                                  std::sqrt(std::max(0.0, time.value) / kMeasuredSeconds));
}

SolveResult solve_milp(const Instance& instance, const MilpOptions& options, const Limits& limits,
                       MilpReport* report) {
  MilpReport unwanted;
  return Search(instance, options, limits, report != nullptr ? *report : unwanted).run();
}

}  // namespace berth::milp
