#pragma once
// The best routing for replicas that are given: a linear program, and what its limits are worth.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "berth/plan/solution.h"

namespace berth::milp {

struct Rerouting {
  std::vector<Route> routes;  ///< sorted by (class, option), shares > 0
  std::vector<double> unmet;  ///< by class
  double cost = 0.0;          ///< USD/h of routes and unmet demand

  // Duals: how much the cost falls if the limit is relaxed by one, replicas fixed. All >= 0.
  std::vector<double> demand_worth;   ///< by class: one whole demand less
  std::vector<double> replica_worth;  ///< by option: one replica more; 0 for closed options
  std::vector<double> delay_worth;    ///< by class: 1 s more of average delay
  std::vector<double> error_worth;    ///< by class: 1.0 more of average error
};

/// nullopt if the replicas cannot carry the demand within the limits. O(pairs of open options) to
/// set up.
[[nodiscard]] std::optional<Rerouting> reroute(const Instance& instance,
                                               std::span<const std::int32_t> replicas);

}  // namespace berth::milp
