#pragma once
// The exact answer without any solver: every replica count, every choice of boxes.

#include <optional>

#include "berth/core/money.h"
#include "berth/instance/instance.h"

namespace berth::testing {

/// Least cost, or nullopt if no plan exists. Tries all replica counts up to `most_replicas` a
/// option and all box counts that could matter. For given replicas the shares are a linear program
/// of a few variables (dense_simplex.h). Exponential: a handful of options.
[[nodiscard]] std::optional<CostRate> brute_force(const Instance& instance, int most_replicas);

}  // namespace berth::testing
