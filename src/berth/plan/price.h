#pragma once
// The exact cost of a solution, from the solution itself and nothing a solver says.

#include "berth/core/money.h"
#include "berth/plan/solution.h"

namespace berth {

struct Cost {
  CostRate rental;  ///< boxes
  CostRate fixed;   ///< active options
  CostRate delay;   ///< pair costs of the routes (delay penalty, storage, egress)
  CostRate unmet;
  CostRate switching;  ///< replicas and boxes that change, paid over the time the plan is kept
  [[nodiscard]] CostRate total() const { return rental + fixed + delay + unmet + switching; }
  friend bool operator==(const Cost&, const Cost&) = default;
};

/// REQUIRES: columns of the right length, indices in range (check finds violations of both).
/// O(options + offers + routes log pairs).
[[nodiscard]] Cost price(const Instance& instance, const Solution& solution);

}  // namespace berth
