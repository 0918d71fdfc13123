#pragma once
// From an assignment to a plan that keeps every limit exactly, and back.

#include <optional>

#include "berth/plan/solution.h"
#include "berth/solve/adaptive/assignment.h"

namespace berth::adaptive {

[[nodiscard]] Assignment assignment_of(const Instance& instance, const Market& market,
                                       const Solution& solution);

/// The plan: the best routing for its replicas, shares that sum to 1, replicas that nothing uses
/// given back, the cheapest boxes. It passes check(); nullopt if the assignment is not complete.
[[nodiscard]] std::optional<Solution> finished(const Instance& instance, const Market& market,
                                               const Assignment& assignment);

}  // namespace berth::adaptive
