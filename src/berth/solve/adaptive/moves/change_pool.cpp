// Change pool: one pool gives up its GPUs, or a box of them, and a box of another is filled.

#include <algorithm>
#include <vector>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

/// Takes replicas of the pool until its rent falls, or all of them.
bool release(Workbench& bench, std::size_t pool, bool all) {
  std::vector<std::uint32_t> candidates;
  for (const std::uint32_t d : bench.state().open()) {
    if (bench.market().pool[d] == pool) candidates.push_back(d);
  }
  const double before = bench.state().committed();
  bool taken = false;
  while (!candidates.empty()) {
    const std::size_t k = bench.random().below(candidates.size());
    const std::size_t d = candidates[k];
    if (!bench.take(d, all ? bench.state().replicas(d) : 1)) return false;
    taken = true;
    if (!all && bench.state().committed() < before) break;
    if (bench.state().replicas(d) == 0) {
      candidates.erase(candidates.begin() + static_cast<std::ptrdiff_t>(k));
    }
  }
  return taken;
}

}  // namespace

bool change_pool(Workbench& bench) {
  const Market& market = bench.market();
  if (!market.boxes) return false;
  Random& random = bench.random();
  const std::size_t sources = 1 + (random.uniform() < 0.5 ? 1 : 0) + (random.uniform() < 0.3 ? 1 : 0);
  std::optional<std::size_t> from;
  for (std::size_t k = 0; k < sources; ++k) {
    const std::optional<std::size_t> seed = bench.any_open();
    if (!seed) break;
    from = market.pool[*seed];
    if (!release(bench, *from, random.uniform() < 0.6)) return false;
  }
  if (!from) return false;
  bench.bar_pool(from);
  const std::size_t to = random.below(market.base_gpus.size());
  if (to == *from) return true;
  const std::optional<std::size_t> option = bench.best_of_pool(to, 0.5);
  return option && bench.add(*option, 1);
}

}  // namespace berth::adaptive
