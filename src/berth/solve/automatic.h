#pragma once
// The method for who does not want to choose: exact where the size allows it, else a heuristic.

#include "berth/solve/solver.h"

namespace berth {

/// What the exact search may take when nobody says.
inline constexpr Seconds kPatience{10.0};

/// GH, and the exact search from its plan where the size allows it. Never takes longer than asked;
/// without a time limit at most about kPatience. SolveResult::method says which one it was.
[[nodiscard]] SolveResult solve_automatic(const Instance& instance, const Limits& limits);

}  // namespace berth
