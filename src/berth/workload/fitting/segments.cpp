#include "berth/workload/fitting/segments.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace berth {

std::vector<std::size_t> best_segments(std::size_t items, std::size_t max_segments,
                                       const SegmentCost& cost) {
  assert(items > 0 && max_segments > 0);
  const std::size_t segments = std::min(items, max_segments);
  std::vector<double> costs(items * items, 0.0);
  for (std::size_t first = 0; first < items; ++first) {
    for (std::size_t last = first; last < items; ++last) {
      costs[first * items + last] = cost(first, last);
    }
  }
  // best[k][i]: the items 0..i in k + 1 segments; cut[k][i]: where the last of them starts.
  constexpr double kNone = std::numeric_limits<double>::infinity();
  std::vector<double> best(segments * items, kNone);
  std::vector<std::size_t> cut(segments * items, 0);
  for (std::size_t i = 0; i < items; ++i) best[i] = costs[i];
  for (std::size_t k = 1; k < segments; ++k) {
    for (std::size_t i = k; i < items; ++i) {
      for (std::size_t start = k; start <= i; ++start) {
        const double total = best[(k - 1) * items + start - 1] + costs[start * items + i];
        if (total < best[k * items + i]) {
          best[k * items + i] = total;
          cut[k * items + i] = start;
        }
      }
    }
  }
  // Fewer segments when more of them gain nothing.
  std::size_t k = 0;
  for (std::size_t j = 1; j < segments; ++j) {
    if (best[j * items + items - 1] < best[k * items + items - 1]) k = j;
  }
  std::vector<std::size_t> starts;
  std::size_t end = items - 1;
  while (true) {
    const std::size_t start = k == 0 ? 0 : cut[k * items + end];
    starts.push_back(start);
    if (k == 0) break;
    end = start - 1;
    --k;
  }
  std::reverse(starts.begin(), starts.end());
  return starts;
}

}  // namespace berth
