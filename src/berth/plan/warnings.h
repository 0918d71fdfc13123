#pragma once
// What a reader of a plan should know before acting on it.

#include <string>
#include <vector>

namespace berth {

struct Fleet;
struct Plan;

/// From the plan's own rows and the fleet's facts: GPUs without measurements, unverified quality
/// scores close to a floor, quantised weights, offers that may vanish, deployments planned to the
/// brim, rented GPUs without work, replicas that the rented boxes cannot hold, an exact method
/// without a bound. Rows that name what
/// the fleet does not have are passed over. Deterministic.
[[nodiscard]] std::vector<std::string> plan_warnings(const Fleet& fleet, const Plan& plan);

/// Of a re-plan: so many replicas that run must stop whatever is planned (lost_replicas).
[[nodiscard]] std::string lost_warning(int lost);

/// A deployment planned above this share of the load its SLOs allow is pointed out.
inline constexpr double kHighUtilization = 0.95;
/// A quality score this close to the floor (points of 0..1) decides whether a route is allowed.
inline constexpr double kNearFloor = 0.02;

}  // namespace berth
