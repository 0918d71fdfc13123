#pragma once
// Private to this room: a fleet that was sent becomes a plan that is kept.

#include <vector>

#include "berth/service/state.h"

namespace berth {

/// As the flags of `berth plan`.
[[nodiscard]] std::vector<RouteParameter> planning_parameters();

/// POST /v1/plans.
void post_plan(ServiceState& state, const Call& call, const Reply& reply);

}  // namespace berth
