#pragma once
// The charts of a replayed plan, each as the inside of its panel.

#include <string>

#include "berth/evaluate/simulation/simulate.h"
#include "berth/pipeline/verify.h"
#include "berth/plan/plan.h"

namespace berth {

/// What a page shows by name before it counts the rest; the tables have every row.
inline constexpr std::size_t kShownReplayed = 12;

/// A card a class: simulated beside predicted and the limit.
[[nodiscard]] std::string replay_cards(const SimulationReport& report, const Plan& plan);
/// Share of each class's requests within all limits.
[[nodiscard]] std::string attainment_chart(const SimulationReport& report);
/// P50 to P99 of TTFT, TPOT and E2E.
[[nodiscard]] std::string quantile_cards(const SimulationReport& report);
/// A card a deployment: busy, running, waiting, cache over time.
[[nodiscard]] std::string timeline_cards(const SimulationReport& report);
/// A bar a plan that was tried.
[[nodiscard]] std::string rounds_chart(const VerifiedPlan& verified);

/// What the chosen plan costs beyond the first one; negative if less.
[[nodiscard]] CostRate correction_of(const VerifiedPlan& verified);

}  // namespace berth
