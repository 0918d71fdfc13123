#include "berth/solve/replan.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <utility>

#include <fmt/format.h>

#include "berth/plan/check.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/repair.h"

namespace berth {
namespace {

/// Each round charges a change this much more than the last one that left too many.
constexpr double kStep = 4.0;
constexpr int kRounds = 12;
constexpr int kRefinements = 4;

std::int32_t limit_of(const Instance& instance) { return instance.columns().switching.max_changes; }

/// `charge` USD/h more for every replica started or stopped, and as many as one likes.
Instance charged(const Instance& instance, double charge) {
  InstanceColumns columns = instance.columns();
  columns.switching.max_changes = kUnlimited;
  const CostRate more = CostRate::usd_per_hour(charge);
  for (CostRate& cost : columns.switching.start_cost) cost += more;
  for (CostRate& cost : columns.switching.stop_cost) cost += more;
  Result<Instance> dearer = Instance::make(std::move(columns));
  if (!dearer) return instance;  // too dear to be counted: the charge is left out
  return *std::move(dearer);
}

/// A charge that matters: about what a replica costs.
double first_charge(const Instance& instance, const Solution& solution) {
  std::int64_t replicas = 0;
  for (const std::int32_t count : solution.replicas) replicas += count;
  const double rent = price(instance, solution).rental.usd();
  return std::max(1e-3, 0.1 * rent / static_cast<double>(std::max<std::int64_t>(1, replicas)));
}

class FewChanges {
 public:
  FewChanges(const Instance& instance, const Limits& limits,
             const std::function<SolveResult(const Instance&, const Limits&)>& method)
      : instance_(instance),
        limits_(limits),
        method_(method),
        deadline_(limits),
        free_(charged(instance, 0.0)) {}

  SolveResult run() {
    SolveResult first = method_(free_, limits_);
    if (first.solution) take(*first.solution);
    if (const auto same = kept(instance_)) take(*same);
    if (first.solution && changes_of(instance_, *first.solution) > limit_of(instance_)) {
      search(*first.solution);
    }
    return conclude(std::move(first));
  }

 private:
  void take(const Solution& solution) {
    if (changes_of(instance_, solution) > limit_of(instance_)) return;
    const CostRate cost = price(instance_, solution).total();
    if (best_ && cost >= best_cost_) return;
    best_ = solution;
    best_cost_ = cost;
  }

  /// Whether that charge leaves few enough changes.
  bool enough(double charge) {
    Limits left = limits_;
    left.time = Seconds{std::max(0.0, limits_.time.value - deadline_.elapsed_seconds())};
    const SolveResult result = method_(charged(instance_, charge), left);
    if (!result.solution) return false;
    fewest_ = std::min(fewest_, changes_of(instance_, *result.solution));
    take(*result.solution);
    return changes_of(instance_, *result.solution) <= limit_of(instance_);
  }

  void search(const Solution& first) {
    fewest_ = changes_of(instance_, first);
    double low = 0.0;
    double high = first_charge(instance_, first);
    int round = 0;
    while (round++ < kRounds && !deadline_.reached() && !enough(high)) {
      low = high;
      high *= kStep;
    }
    if (round > kRounds) return;
    for (int n = 0; n < kRefinements && !deadline_.reached(); ++n) {
      const double middle = low > 0.0 ? std::sqrt(low * high) : 0.5 * high;
      (enough(middle) ? high : low) = middle;
    }
  }

  SolveResult conclude(SolveResult result) const {
    const bool had_one = result.solution.has_value();
    result.solution = best_;
    result.solve_seconds = deadline_.elapsed_seconds();
    if (best_) {
      result.cost = price(instance_, *best_);
      if (result.lower_bound) {
        result.lower_bound = std::min(*result.lower_bound, result.cost.total().usd());
      }
      if (!had_one) result.termination = {TerminationReason::kFeasible, false, {}, {}};
      return result;
    }
    result.cost = {};
    if (had_one) {
      result.termination = {TerminationReason::kInfeasible,
                            false,
                            {},
                            fmt::format("at most {} replicas may start or stop; the fewest found "
                                        "that carry the demand are {}",
                                        limit_of(instance_), fewest_)};
    }
    return result;
  }

  const Instance& instance_;
  const Limits& limits_;
  const std::function<SolveResult(const Instance&, const Limits&)>& method_;
  Deadline deadline_;
  Instance free_;  // without the limit on changes
  std::optional<Solution> best_;
  CostRate best_cost_;
  std::int64_t fewest_ = 0;
};

}  // namespace

std::int64_t changes_of(const Instance& instance, const Solution& solution) {
  const std::vector<std::int32_t>& now = instance.columns().switching.replicas;
  std::int64_t changes = 0;
  for (std::size_t d = 0; d < now.size(); ++d) {
    changes += std::abs(std::int64_t{solution.replicas[d]} - now[d]);
  }
  return changes;
}

std::optional<Solution> kept(const Instance& instance) {
  return milp::best_routed(instance, instance.columns().switching.replicas);
}

SolveResult with_few_changes(
    const Instance& instance, const Limits& limits,
    const std::function<SolveResult(const Instance&, const Limits&)>& method) {
  return FewChanges(instance, limits, method).run();
}

SolveResult replan_greedy(const Instance& instance, const Limits& limits) {
  return with_few_changes(instance, limits, [](const Instance& problem, const Limits& within) {
    AdaptiveOptions options;  // what runs, mended, and GH's plan of one order: the cheaper
    options.from_running = true;
    options.local_search = false;
    options.bound_prices = false;
    SolveResult found = solve_adaptive(problem, options, within);
    found.method = "gh";
    return found;
  });
}

namespace {

/// Few changes are few choices: the exact method looks once more where that takes little time.
SolveResult refined(const Instance& instance, const Limits& limits, SolveResult result) {
  constexpr double kMost = 2.0;  // s
  if (limit_of(instance) == kUnlimited || !result.solution) return result;
  milp::MilpOptions options;
  options.start = &*result.solution;
  options.worth = false;
  Limits left = limits;
  left.on_progress = {};
  left.time = Seconds{std::min(kMost, limits.time.value - result.solve_seconds)};
  if (!(left.time.value > 0.0)) return result;
  SolveResult exact = milp::solve_milp(instance, options, left);
  result.solve_seconds += exact.solve_seconds;
  if (!exact.solution || exact.cost.total() >= result.cost.total()) return result;
  result.solution = std::move(exact.solution);
  result.cost = exact.cost;
  return result;
}

}  // namespace

SolveResult replan_adaptive(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  SolveResult found =
      with_few_changes(instance, limits, [&](const Instance& problem, const Limits& within) {
        AdaptiveOptions options;
        options.seed = seed;
        options.from_running = true;
        return solve_adaptive(problem, options, within);
      });
  return refined(instance, limits, std::move(found));
}

SolveResult replan_exact(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  const SolveResult start = replan_adaptive(instance, seed, limits);
  milp::MilpOptions options;
  if (start.solution) options.start = &*start.solution;
  Limits left = limits;
  left.time = Seconds{std::max(0.0, limits.time.value - start.solve_seconds)};
  SolveResult result = milp::solve_milp(instance, options, left);
  result.solve_seconds += start.solve_seconds;
  const bool too_few = limit_of(instance) != kUnlimited && !start.solution;
  if (!result.solution && too_few && !start.termination.detail.empty()) {
    result.termination.detail = start.termination.detail;
  }
  return result;
}

}  // namespace berth
