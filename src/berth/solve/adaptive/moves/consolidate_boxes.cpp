// Consolidate boxes: replicas of one pool go until a box is no longer needed.

#include <algorithm>
#include <vector>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool consolidate_boxes(Workbench& bench) {
  const Market& market = bench.market();
  if (!market.boxes) return false;
  const std::optional<std::size_t> seed = bench.any_open();
  if (!seed) return false;
  std::vector<std::uint32_t> candidates;
  for (const std::uint32_t d : bench.state().open()) {
    if (market.pool[d] == market.pool[*seed]) candidates.push_back(d);
  }
  const double before = bench.state().committed();
  while (!candidates.empty()) {
    const std::size_t k = bench.random().below(candidates.size());
    if (!bench.take(candidates[k], 1)) return false;
    if (bench.state().committed() < before) return true;
    if (bench.state().replicas(candidates[k]) == 0) {
      candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  return false;
}

}  // namespace berth::adaptive
