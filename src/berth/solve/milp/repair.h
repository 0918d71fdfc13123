#pragma once
// From what a solver of mixed-integer programs calls a solution to a plan that keeps every limit
// exactly: whole replicas, no share on a closed option, shares that sum to 1, the cheapest boxes.

#include <cstdint>
#include <optional>
#include <span>

#include "berth/plan/solution.h"
#include "berth/solve/milp/formulation.h"

namespace berth::milp {

/// The plan behind the columns of a formulation, repaired from tolerance noise; it passes check().
/// Replicas that nothing needs are given back. nullopt if no repair helps.
[[nodiscard]] std::optional<Solution> repaired(const Instance& instance,
                                               const Formulation& formulation,
                                               std::span<const double> value);

/// The columns of a formulation that a plan stands for: a start for the solver.
[[nodiscard]] std::vector<double> columns_of(const Instance& instance,
                                             const Formulation& formulation,
                                             const Solution& solution);

/// The cheapest routing over these replicas as a plan, without those that stay idle; it passes
/// check(). nullopt if they cannot carry the demand within the limits.
[[nodiscard]] std::optional<Solution> best_routed(const Instance& instance,
                                                  std::span<const std::int32_t> replicas);

}  // namespace berth::milp
