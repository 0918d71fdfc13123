// Consolidate replicas: the emptiest options of one pool close together, so that their classes can
// share one.

#include <algorithm>
#include <vector>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool consolidate_replicas(Workbench& bench) {
  const Market& market = bench.market();
  const std::optional<std::size_t> seed = bench.any_open();
  if (!seed) return false;
  std::vector<double> load(market.option_count(), 0.0);
  bench.state().routing().for_each_share([&](std::uint32_t e, double share) {
    load[market.entries[e].option] += share * market.entries[e].load;
  });
  std::vector<std::uint32_t> same_pool;
  for (const std::uint32_t d : bench.state().open()) {
    if (market.pool[d] == market.pool[*seed]) same_pool.push_back(d);
  }
  const auto idle = [&](std::uint32_t d) {
    return (bench.state().replicas(d) - load[d]) * market.unit_price[d];
  };
  std::stable_sort(same_pool.begin(), same_pool.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return idle(a) > idle(b); });
  const std::size_t count = std::min<std::size_t>(same_pool.size(), 2 + bench.random().below(2));
  for (std::size_t k = 0; k < count; ++k) {
    if (!bench.take(same_pool[k], 1)) return false;
  }
  return count > 1;
}

}  // namespace berth::adaptive
