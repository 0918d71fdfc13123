#pragma once
// Who serves a request: a deployment by the plan's shares, then one of its replicas.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/random.h"
#include "berth/evaluate/simulation/simulated_plan.h"

namespace berth {

enum class Balancing {
  kRandom,       ///< any replica that is up: what the delay model of a plan assumes
  kRoundRobin,   ///< one after the other
  kLeastLoaded,  ///< the fewest requests that wait or run
  kPrefix,       ///< requests with a prefix in common to the same replica
};
inline constexpr std::string_view kBalancingNames[] = {"random", "round-robin", "least-loaded",
                                                       "prefix"};

/// REQUIRES: one of kBalancingNames.
[[nodiscard]] inline Balancing balancing_of(std::string_view name) {
  std::size_t k = 0;
  while (kBalancingNames[k] != name) ++k;
  return static_cast<Balancing>(k);
}

/// Draws deployments: a route of the class by its share, of those that are up.
class RouteChooser {
 public:
  RouteChooser(const SimulatedPlan& plan, Random random);

  static constexpr std::uint32_t kNobody = 0xffffffff;   ///< no deployment is up
  static constexpr std::uint32_t kRefused = 0xfffffffe;  ///< the plan refuses such a share

  /// An index into the plan's routes. `up` by deployment: replicas that are up.
  [[nodiscard]] std::uint32_t choose(std::uint32_t query_class,
                                     const std::vector<std::uint32_t>& up);

 private:
  struct Span {
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
  };
  const SimulatedPlan* plan_;
  Random random_;
  std::vector<Span> routes_of_;  ///< by class
};

}  // namespace berth
