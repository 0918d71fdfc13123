#pragma once
// Why there is no plan and what to relax; or what the limits of a plan cost. docs/explain.md.

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/explain/explanation.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/instance.h"
#include "berth/plan/plan.h"

namespace berth {

/// The exact method, as explanations ask it.
[[nodiscard]] SolveResult solve_exactly(const Instance& instance, bool any_plan,
                                        const Limits& limits);

/// `limits.time` is for everything; what it does not suffice for is named in the notes.
/// Errors: those of build_instance; kLimitReached when nothing could be said in the time;
/// kInternal when a solver's plan breaks a limit.
[[nodiscard]] Result<Explanation> explain(const Problem& problem, const Solver& exact,
                                          const Limits& limits);
[[nodiscard]] Result<Explanation> explain_instance(const Instance& instance, const Solver& exact,
                                                   const Limits& limits);
/// `given`: a plan of this fleet to set beside the best one; may be null.
[[nodiscard]] Result<Explanation> explain_fleet(const Fleet& fleet, const Solver& exact,
                                                const Limits& limits, const Plan* given = nullptr);

}  // namespace berth
