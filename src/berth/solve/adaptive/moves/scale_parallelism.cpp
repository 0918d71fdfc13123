// Scale parallelism: an option is re-shaped: replicas of another width in the same pool, which
// serve the same classes, replace it (more GPUs a replica, or fewer).

#include <algorithm>

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

/// GPUs' worth of replicas, at least one.
std::int32_t same_gpus(const Market& market, std::size_t from, std::int32_t replicas,
                       std::size_t to) {
  return std::max(1, replicas * market.units[from] / market.units[to]);
}

}  // namespace

bool scale_parallelism(Workbench& bench) {
  const Market& market = bench.market();
  const std::optional<std::size_t> from = bench.any_open();
  if (!from) return false;
  std::optional<std::size_t> to;
  double most = -1.0;
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    if (market.pool[d] != market.pool[*from] || market.units[d] == market.units[*from]) continue;
    const double draw = bench.random().uniform() * static_cast<double>(market.entries_of(d).size());
    if (draw > most) {
      most = draw;
      to = d;
    }
  }
  if (!to) return false;
  const std::int32_t replicas = bench.state().replicas(*from);
  if (!bench.take(*from, replicas)) return false;
  bench.bar(from);
  return bench.add(*to, same_gpus(market, *from, replicas, *to));
}

}  // namespace berth::adaptive
