// Relocate: a class leaves the replicas it fills, and these go. Its new place, one option or
// several, is found by refill.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool relocate(Workbench& bench) {
  const std::size_t i = bench.random().below(bench.market().class_count());
  const std::optional<std::size_t> carrier = bench.carrier_of(i);
  if (!carrier) return false;
  double load = 0.0;
  bench.state().routing().for_each_share([&](std::uint32_t e, double share) {
    const Entry& entry = bench.market().entries[e];
    if (entry.option == *carrier && entry.query_class == i) load += share * entry.load;
  });
  const auto filled = static_cast<std::int32_t>(load);
  return bench.take(*carrier, std::max(1, filled));
}

}  // namespace berth::adaptive
