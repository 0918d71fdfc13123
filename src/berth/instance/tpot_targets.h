#pragma once
// Which TPOT targets options are run at. docs/formulation.md, "TPOT targets".

#include <optional>
#include <span>
#include <vector>

#include "berth/core/units.h"
#include "berth/fleet/fleet.h"

namespace berth {

/// Share of an end-to-end SLO kept for the first token when no (smaller) TTFT SLO says how much.
inline constexpr double kFirstTokenReserve = 0.2;

/// s_i: the strictest of the TPOT SLO and what the end-to-end SLO leaves per token of an output of
/// the class's percentile. nullopt: the class limits neither.
[[nodiscard]] std::optional<Seconds> tpot_limit(const FleetClass& query_class);

/// The same as it is planned for (planned_for.h).
[[nodiscard]] std::optional<Seconds> planned_tpot_limit(const FleetPolicy& policy,
                                                        const FleetClass& query_class);

/// At most `count` of the limits, each standing for the group of limits from itself up to the next
/// one, chosen so that the sum over all limits of log(limit / its target) is smallest. Ascending,
/// distinct; the smallest limit is always one of them. REQUIRES: count >= 1, limits > 0.
/// O(n^2 count) for n distinct limits.
[[nodiscard]] std::vector<Seconds> choose_targets(std::vector<Seconds> limits, int count);

/// Targets of a fleet's options: ascending; last, "no target" if some class has no limit.
[[nodiscard]] std::vector<std::optional<Seconds>> option_targets(const Fleet& fleet);

/// Whether a class of this limit may use an option run at `target`.
[[nodiscard]] inline bool target_allowed(std::optional<Seconds> target,
                                         std::optional<Seconds> limit) {
  return !limit || (target && *target <= *limit);
}

}  // namespace berth
