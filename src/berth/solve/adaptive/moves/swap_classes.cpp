// Swap: a replica of each of two options that carry different classes goes; their classes, and
// others, may change places. For replicas that stay, the routing exchanges classes by itself.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool swap_classes(Workbench& bench) {
  const std::size_t classes = bench.market().class_count();
  const std::optional<std::size_t> one = bench.carrier_of(bench.random().below(classes));
  if (!one) return false;
  const std::optional<std::size_t> other = bench.carrier_of(bench.random().below(classes));
  if (!other || *other == *one) return false;
  return bench.take(*one, 1) && bench.take(*other, 1);
}

}  // namespace berth::adaptive
