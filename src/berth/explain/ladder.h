#pragma once
// The smallest relaxation that does what is wanted, on a ladder of values that people would write.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "berth/explain/explanation.h"

namespace berth {

/// Rung k >= 1 of relaxing these limits together: one limit by its own values (relaxed_value),
/// several times by a common factor, shares and scores by common points, counts by the same number
/// of boxes each. Past the top of the ladder they are lifted.
[[nodiscard]] std::vector<Change> rung(std::span<const Limit> limits,
                                       std::span<const std::size_t> members, std::int64_t k);

struct Climb {
  std::int64_t rung = 0;
  bool sure = false;  ///< the rung below was tried and does not do
};

/// The lowest rung for which `enough` says yes, by doubling and then halving; 2 log2(rung)
/// questions. REQUIRES: lifting the limits is enough, and a higher rung does what a lower one does.
/// nullopt when the answer stays unknown.
[[nodiscard]] std::optional<Climb> climb(const std::function<Answer(std::int64_t)>& enough);

}  // namespace berth
