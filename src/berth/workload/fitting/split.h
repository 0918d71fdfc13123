#pragma once
// Cuts the plane of prompt and output lengths into rectangles with little spread inside;
// docs/workload.md, "Split".

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "berth/workload/fitting/length_grid.h"

namespace berth {

/// Up to this many classes the split is the best of all guillotine partitions of a 24 x 24 grid;
/// beyond, each further class is the best single cut of what is there.
inline constexpr std::size_t kExactSplitClasses = 12;

/// Rectangles per grid, `classes` in all, none empty; they partition each grid's plane. Absent if
/// the lengths do not differ enough for so many. REQUIRES: classes >= number of grids > 0, no
/// grid empty.
[[nodiscard]] std::optional<std::vector<std::vector<LengthRectangle>>> split_lengths(
    std::span<const LengthGrid> grids, std::size_t classes);

}  // namespace berth
