#pragma once
// Every number of a plan against the one recomputed from the fleet. Part of check_plan.

#include <optional>
#include <vector>

#include "berth/plan/check.h"
#include "berth/plan/plan.h"
#include "berth/plan/resolve_plan.h"

namespace berth {

/// By row of the plan's routes; nullopt where the class cannot be served by that deployment.
using RoutePhysics = std::vector<std::optional<PairPhysics>>;

/// USD/h of everything refused, and of the delay of everything sent over a pair: the two costs of
/// FORMULATION section 2 that depend on the traffic.
[[nodiscard]] CostRate unmet_cost(const FleetClass& query_class);
[[nodiscard]] CostRate delay_cost(const FleetClass& query_class, const PairPhysics& physics);

/// The cost of delay follows from the physics, so it is exact only up to the rounding of each
/// route to a micro-dollar and to tolerance::kReported.
[[nodiscard]] bool delay_agrees(CostRate reported, CostRate recomputed, std::size_t routes);

[[nodiscard]] std::vector<Violation> check_reported(const Fleet& fleet, const Plan& plan,
                                                    const ResolvedPlan& resolved,
                                                    const RoutePhysics& physics);

}  // namespace berth
