// Drop a replica: one replica goes and its load is placed anew, elsewhere.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool drop_replica(Workbench& bench) {
  const std::optional<std::size_t> option = bench.any_open();
  if (!option || !bench.take(*option, 1)) return false;
  bench.bar(option);
  return true;
}

}  // namespace berth::adaptive
