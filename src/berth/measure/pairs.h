#pragma once
// End-to-end times of runs that state TTFT and TPOT: what a user waits for, and what hardly depends
// on where an engine puts the prompts of others.

#include <span>
#include <vector>

#include "berth/measure/measured_row.h"

namespace berth {

/// One derived row, E2E = TTFT + (f - 1) TPOT, for each closed-loop run that states both and no E2E
/// itself, in the order of the rows with TTFT. Both are of one file; runs stated more than once are
/// paired in the order of the rows.
[[nodiscard]] std::vector<MeasuredRow> end_to_end_of_pairs(std::span<const MeasuredRow> rows);

}  // namespace berth
