#pragma once
// `berth check PLAN.json --against FLEET.yaml`: rebuilds the plan's own options and pairs from the
// fleet with the slow, readable evaluate_pair, runs check() on them, and compares every number the
// plan reports with the one recomputed. Shares no code with solvers, the fast build or price().
// With assemble_plan() it shares the wording of engine arguments and warnings, and the delay model:
// a mistake in the physics itself is not found here but by the tests of perf against measurements.
//
// Taken as they are: the fleet's name, the method, the seconds, the shadow prices, and that the
// lower bound was proven (that it lies below the cost is checked).

#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/plan/check.h"
#include "berth/plan/plan.h"

namespace berth {

/// Errors: kUnknownName / kInconsistent when the plan speaks of classes, pools, offers or models
/// that the fleet does not have (it belongs to another fleet); kDuplicate for two rows of one name;
/// kOutOfRange for a shape no GPU could be given to.
[[nodiscard]] Result<std::vector<Violation>> check_plan(const Fleet& fleet, const Plan& plan);

}  // namespace berth
