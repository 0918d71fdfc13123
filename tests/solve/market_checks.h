#pragma once
// What is true of AGH's routing, states and assignments, found without them: a certificate of the
// routing, the textbook linear program, a recount of the rent.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "berth/solve/adaptive/assignment.h"
#include "berth/solve/adaptive/routing.h"
#include "berth/solve/adaptive/state.h"

namespace berth::testing {

/// Least cost of a routing, USD/h, by the tableau method. `capacity` by option, replicas; `penalty`
/// by class, what demand that nothing carries is charged.
[[nodiscard]] double best_routing_cost(const adaptive::Market& market,
                                       std::span<const double> penalty,
                                       std::span<const double> capacity);

/// Whether the routing keeps every limit and its own prices prove that none is cheaper: shares and
/// prices are feasible and their costs are equal, within `tolerance` (relative above 1 USD/h).
[[nodiscard]] ::testing::AssertionResult is_best_routing(const adaptive::Market& market,
                                                         std::span<const double> penalty,
                                                         std::span<const double> capacity,
                                                         const adaptive::Routing& routing,
                                                         double tolerance = 1e-6);

/// Micro-dollars per hour of rent and fixed costs, `replicas` by option; nullopt if they break a
/// cap, a group or the budget.
[[nodiscard]] std::optional<std::int64_t> committed_cost(const Instance& instance,
                                                         std::span<const std::int32_t> replicas);

/// Replicas, money and routing of a state of the whole instance, against a recount of each.
[[nodiscard]] ::testing::AssertionResult is_sound(const Instance& instance,
                                                  std::span<const double> penalty,
                                                  const adaptive::State& state);

/// Whether the sums of an assignment are those of its shares and its loads fit its replicas.
[[nodiscard]] ::testing::AssertionResult adds_up(const adaptive::Market& market,
                                                 const adaptive::Assignment& assignment);

/// By class: USD/h that is more than any routing of it costs, so that all is carried that can be.
[[nodiscard]] std::vector<double> high_penalties(const adaptive::Market& market);

}  // namespace berth::testing
