#pragma once
// A minimal set of limits that contradict each other: QuickXplain (Junker, "QUICKXPLAIN: Preferred
// Explanations and Relaxations for Over-Constrained Problems", AAAI 2004).

#include <span>
#include <vector>

#include "berth/explain/explanation.h"

namespace berth {

/// Among the limits that are not `lifted`. Earlier limits of the problem are preferred. For a
/// conflict of k limits out of n it asks O(k log(n / k)) questions.
/// REQUIRES: with `lifted` lifted, the problem is infeasible (proven).
[[nodiscard]] Conflict find_conflict(const Problem& problem, Prober& prober,
                                     std::span<const std::size_t> lifted);

}  // namespace berth
