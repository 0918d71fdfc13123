#pragma once
// The method for who does not want to choose: the bound, AGH, and the exact search of what they
// leave open. docs/agh.md, "auto".

#include <cstdint>

#include "berth/solve/solver.h"

namespace berth {

/// What the exact search may take when nobody says.
inline constexpr Seconds kPatience{10.0};

/// Dominance, the Lagrangian bound, AGH from its prices; if the gap is still open, the options that
/// no better plan can use are dropped and the exact search goes on from AGH's plan, where the size
/// allows it. Stops at the gap or the time that was asked; without a time limit after about
/// kPatience. SolveResult::method says which one found or proved the plan.
[[nodiscard]] SolveResult solve_automatic(const Instance& instance, std::uint64_t seed,
                                          const Limits& limits);

}  // namespace berth
