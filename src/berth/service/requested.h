#pragma once
// Private to this room: a request as it is kept, and answered in words of its own.

#include <string>

#include "berth/core/error.h"
#include "berth/fleet/fleet.h"
#include "berth/http/call.h"

namespace berth {

/// The parameters with their values, fallbacks filled in, as JSON; without ids of the path.
[[nodiscard]] std::string requested_json(const Call& call);

/// What a kept request says of the policy: headroom, robust, survive, hold, hysteresis.
void apply_requested_policy(const std::string& request_json, FleetPolicy& policy);

/// Suggestions that name flags and commands, as requests and parameters. `has_time`: of a request
/// that says how long it may take.
[[nodiscard]] Errors told_over_http(Errors errors, bool has_time);

}  // namespace berth
