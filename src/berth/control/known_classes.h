#pragma once
// A plan that was made for a fleet with other classes: what is left of it, and what its engines
// must not notice. docs/operations.md.

#include <optional>
#include <string>
#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"

namespace berth {

/// Classes of the plan that the fleet no longer has.
[[nodiscard]] std::vector<std::string> gone_classes(const Fleet& fleet, const Plan& plan);

/// The plan without these classes and their routes. All deployments stay: some may serve nobody.
[[nodiscard]] Plan without_classes(Plan plan, const std::vector<std::string>& gone);

/// Replicas that no route leads to.
[[nodiscard]] int idle_replicas(const Plan& plan);

/// The plan without replicas that serve nobody, at most `most` of them, and without the boxes that
/// nothing runs on then, the dearest GPUs first. What goes on is not touched. Costs of delays and
/// of what is unmet stay as they were; the rental is what is rented.
[[nodiscard]] Plan without_idle(Plan plan, std::optional<int> most);

/// The state with its classes in the order of what runs, and with those that it no longer has, not
/// served: their names are arguments of the engines, which must not restart for the lack of one.
/// Nothing of that where no deployment goes on.
[[nodiscard]] Plan with_classes_of(const Plan& running, Plan state);

}  // namespace berth
