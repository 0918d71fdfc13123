#pragma once
// The linear relaxation of the formulation: a bound, and what each limit is worth there.

#include <optional>
#include <vector>

#include "berth/core/limits.h"
#include "berth/solve/milp/highs.h"
#include "berth/solve/milp/milp.h"

namespace berth::milp {

/// What one more of each limit would save in the relaxation, USD/h. All >= 0.
struct Relaxation {
  double bound = 0.0;                ///< USD/h: no plan costs less
  std::vector<double> demand_worth;  ///< by class: its whole demand
  std::vector<double> pool_worth;    ///< by pool: a GPU more of each capped offer, per GPU
  double budget_worth = 0.0;         ///< per USD/h of budget
  std::vector<double> delay_worth;   ///< by class: 1 s more of average delay
  std::vector<double> error_worth;   ///< by class: 1.0 more of average error
};

/// For worths that say all, switch tight_bounds off: a bound derived from a quota or the budget
/// would take over a part of its price. nullopt if the time was not enough, if `stop` (may be null)
/// was requested, or if the relaxation already has no solution.
[[nodiscard]] std::optional<Relaxation> solve_relaxation(const Instance& instance,
                                                         const MilpOptions& options,
                                                         double time_limit_s,
                                                         const StopFlag* stop = nullptr);

[[nodiscard]] std::optional<double> relaxation_bound(const Instance& instance,
                                                     const MilpOptions& options,
                                                     double time_limit_s);

/// Adds to `highs` the rows of `strengthening` that its relaxation violates, in rounds, until none
/// is or the time is up. Returns the last relaxation; when a limit ended it, with the objective of
/// the last full round, a bound.
LpAnswer add_violated_rows(Highs& highs, const Model& strengthening, const Deadline& deadline,
                           const Limits& limits);

/// kUpFront or kLazy, whichever measured faster for an instance of this size (docs/milp.md).
[[nodiscard]] StrongRows choose_strong_rows(const Instance& instance);

}  // namespace berth::milp
