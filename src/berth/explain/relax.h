#pragma once
// What to relax when there is no plan, and by how much: each suggestion is solved.

#include <span>
#include <vector>

#include "berth/explain/explanation.h"

namespace berth {

/// The smallest common relaxation of these limits that leaves a plan, with `background` relaxed
/// already. `works` is kNo when even lifting them does not help. No price yet.
[[nodiscard]] Relaxation relax_together(const Problem& problem, Prober& prober,
                                        std::span<const std::size_t> members,
                                        std::span<const Change> background);

/// Fills in conflicts, relaxations, not_enough and notes. REQUIRES: the problem is infeasible
/// (proven).
void explain_infeasible(const Problem& problem, Prober& prober, Explanation& explanation);

}  // namespace berth
