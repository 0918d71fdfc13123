#pragma once
// What runs now, in the terms of an instance: replicas, boxes, and what leaving them costs
// (docs/replan.md).

#include <optional>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/build.h"
#include "berth/plan/plan.h"

namespace berth {

/// How long a replica takes from its start to its first request, on a box that is there: the
/// engine's start and its weights at the policy's bandwidth.
[[nodiscard]] Seconds start_time(const Fleet& fleet, const OptionSpec& option);

/// The deployments of `current` as options of `fleet`, for BuildOptions::keep; those whose model or
/// pool the fleet no longer has are left out.
[[nodiscard]] std::vector<OptionSpec> running_options(const Fleet& fleet, const Plan& current);

/// `built` with what runs in it: InstanceColumns::switching. Start costs are start_time() x the
/// pool's cheapest GPU, stop costs the drain x the same, boxes their start x their own rent, each
/// over the time the plan is held. Deployments and boxes that the instance does not know cost
/// nothing; their replicas count against `max_changes`. REQUIRES: built from `fleet`.
[[nodiscard]] BuiltInstance with_running(const Fleet& fleet, BuiltInstance built,
                                         const Plan& current, std::optional<int> max_changes);

/// Replicas of `current` that the instance has no option for: they stop whatever is planned.
/// REQUIRES: `built` comes from with_running.
[[nodiscard]] int lost_replicas(const BuiltInstance& built, const Plan& current);

/// What going from `current` to `next` takes: replicas by what they run, boxes by offer. What the
/// fleet no longer has only stops.
[[nodiscard]] PlanSwitching switching_between(const Fleet& fleet, const Plan& current,
                                              const Plan& next);

}  // namespace berth
