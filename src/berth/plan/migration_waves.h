#pragma once
// Which parts of the traffic move together, so that the GPUs suffice. Part of plan_migration.

#include <vector>

#include "berth/plan/migration_problem.h"

namespace berth {

/// Ways from the old plan's routing (left out) to the new one's (the last of each). Where no way on
/// without loss is found the next step is one that loses little. Deterministic.
///
/// All at once where that fits. Else, for up to ten transfers, the fewest waves of whole transfers
/// (breadth first, O(3^10)); else, or where there are none, greedy waves that move as much as fits,
/// in three orders of the transfers and with three appetites, O(waves * transfers * flows of a
/// class) each.
[[nodiscard]] std::vector<std::vector<Routing>> migration_waves(
    const MigrationProblem& problem, const std::vector<Transfer>& transfers);

}  // namespace berth
