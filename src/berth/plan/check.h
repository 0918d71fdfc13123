#pragma once
// Is it true? Every rule of FORMULATION section 3, checked from the instance alone. Shares no code
// with any solver, nor with price(): it sums money itself.

#include <optional>
#include <string>
#include <vector>

#include "berth/plan/solution.h"

namespace berth {

enum class Rule {
  kShape,            ///< column lengths, index ranges, no NaN
  kShareOutOfRange,  ///< 0 <= x <= 1, 0 <= u <= max_unmet
  kDemand,           ///< shares + unmet = 1
  kPair,             ///< a route over a pair that does not exist, or twice
  kCapacity,         ///< load <= replicas
  kReplicas,         ///< 0 <= y <= max_replicas
  kPool,             ///< GPUs used <= GPUs rented
  kBoxes,            ///< 0 <= N <= max
  kGroup,            ///< at most one active option a group
  kAverageDelay,
  kAverageError,
  kBudget,
  kChanges,    ///< more replicas started and stopped than max_changes
  kObjective,  ///< claimed cost differs from the true one
  kBound,      ///< claimed lower bound above the cost
  kReported,   ///< another number of a plan differs from the recomputed one (check_plan)
};
[[nodiscard]] std::string_view to_string(Rule rule);

struct Violation {
  Rule rule;
  std::string where;    ///< class, option, pool or offer by name
  std::string message;  ///< with both sides of the broken inequality
};

/// What the solver claims besides the solution; each is checked if present.
struct Claims {
  std::optional<CostRate> objective;
  std::optional<double> lower_bound;  ///< USD/h
};

/// Empty = everything holds. All violations, in the order of the rules. O(size of the instance).
[[nodiscard]] std::vector<Violation> check(const Instance& instance, const Solution& solution,
                                           const Claims& claims = {});

}  // namespace berth
