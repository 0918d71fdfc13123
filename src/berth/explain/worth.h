#pragma once
// What the limits of a feasible problem cost, by solving it without them and with a step of each.

#include "berth/explain/explanation.h"

namespace berth {

/// Fills in worths and notes. `gap`: savings below this part of the cost are noise of the solver.
/// REQUIRES: `base` is a plan of the unchanged problem.
void explain_feasible(const Problem& problem, Prober& prober, const PlanFound& base, double gap,
                      Explanation& explanation);

/// Whether `used` leaves nothing (at most 1 %, less than one box) of the limit.
[[nodiscard]] bool is_tight(const Limit& limit, std::optional<double> used);

}  // namespace berth
