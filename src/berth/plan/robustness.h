#pragma once
// What a plan was made to withstand, beside its fleet (docs/robust.md).

#include <optional>

#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"

namespace berth {

/// What a plan made with this policy withstands; nullopt: no more than headroom.
[[nodiscard]] std::optional<PlanRobustness> robustness_of(const FleetPolicy& policy);

/// `policy` as a plan of that robustness was made with.
void apply_robustness(const PlanRobustness& robust, FleetPolicy& policy);

/// The fleet on a day as stated: what a plan that survives more reports its figures for. Neither
/// headroom nor what it survives; margins stay.
[[nodiscard]] Fleet usual_day(const Fleet& fleet);

}  // namespace berth
