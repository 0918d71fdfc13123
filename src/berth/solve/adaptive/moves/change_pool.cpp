// Change pool: one pool gives up its GPUs, or a box of them, and a box of another is filled.

#include <algorithm>
#include <vector>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

// How often a second and a third pool give up something too, and a pool gives up all it has.
constexpr double kSecond = 0.5;
constexpr double kThird = 0.3;
constexpr double kAll = 0.6;
constexpr double kBoxNoise = 0.5;  // of the choice of the first option in the new box

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
  std::optional<std::size_t> from;
  std::size_t sources = 1;
  sources += random.uniform() < kSecond ? 1U : 0U;
  sources += random.uniform() < kThird ? 1U : 0U;
  for (std::size_t k = 0; k < sources; ++k) {
    const std::optional<std::size_t> option = bench.any_open();
    if (!option) break;
    from = market.pool[*option];
    if (!release(bench, *from, random.uniform() < kAll)) return false;
  }
  if (!from) return false;
  bench.bar_pool(from);
  // Any pool: what a box is worth shows only when it is filled.
  const std::size_t to = random.below(market.base_gpus.size());
  if (to == *from) return true;
  const std::optional<std::size_t> option = bench.best_of_pool(to, kBoxNoise);
  return option && bench.add(*option, 1);
}

}  // namespace berth::adaptive
