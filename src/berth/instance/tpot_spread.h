#pragma once
// How far TPOT at a percentile lies above its mean. docs/model.md, "TPOT at a percentile".

#include "berth/fleet/fleet.h"
#include "berth/perf/phase_model.h"

namespace berth {

/// x with P(Z / sqrt(f - 1) > x) = 1 - p over the outputs f, Z standard normal: how many standard
/// deviations of one gap the mean of a request's gaps lies above theirs, at the percentile.
/// Requests of one token have no gaps and are never above. 0 for p <= 1/2. O(bins).
[[nodiscard]] double deviations_of_mean_gap(const LengthDistribution& outputs, double percentile);

/// The class's requests as a batch of them runs: mean output, context of the sequences that run at
/// a moment, TPOT's spread. Prompts arrive between tokens as a Poisson stream of B / f a pass.
[[nodiscard]] RequestKind running_kind(const FleetClass& query_class);

}  // namespace berth
