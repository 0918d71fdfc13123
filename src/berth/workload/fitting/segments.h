#pragma once
// Cutting a row of items into consecutive segments at least total cost, exactly.

#include <cstddef>
#include <functional>
#include <vector>

namespace berth {

/// cost(first, last) of a segment of items first..last.
using SegmentCost = std::function<double(std::size_t, std::size_t)>;

/// First items of the best at most `max_segments` segments of `items` items, by dynamic
/// programming. O(items^2 * (max_segments + cost)). REQUIRES: items > 0, max_segments > 0.
[[nodiscard]] std::vector<std::size_t> best_segments(std::size_t items, std::size_t max_segments,
                                                     const SegmentCost& cost);

}  // namespace berth
