#pragma once
// From numbers of replicas to a plan.

#include <cstdint>
#include <optional>
#include <span>

#include "berth/plan/solution.h"

namespace berth::branch {

/// The best routing for the replicas and the cheapest boxes; nullopt if that is no plan. The plan
/// passes check(). Solves a linear program.
[[nodiscard]] std::optional<Solution> completed(const Instance& instance,
                                                std::span<const std::int32_t> replicas);

}  // namespace berth::branch
