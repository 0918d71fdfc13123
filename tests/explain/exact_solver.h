#pragma once
// Exact solvers to explain with.

#include "berth/explain/prober.h"

namespace berth::testing {

/// HiGHS on the plain rows of the formulation, independent of the methods of `solve`.
[[nodiscard]] SolveResult solve_by_oracle(const Instance& instance, bool any_plan,
                                          const Limits& limits);

/// The exact method of `solve`, which `berth explain` uses.
[[nodiscard]] SolveResult solve_by_milp(const Instance& instance, bool any_plan,
                                        const Limits& limits);

/// Finds and proves nothing.
[[nodiscard]] SolveResult give_up(const Instance& instance, bool any_plan, const Limits& limits);

}  // namespace berth::testing
