// Joint: replicas of two to four options that share classes go together, so that all classes of a
// shared replica can leave it at once. What moves of one class cannot do.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool joint(Workbench& bench) {
  std::optional<std::size_t> option = bench.any_open();
  const std::size_t options = 2 + bench.random().below(3);
  bool changed = false;
  for (std::size_t k = 0; k < options && option; ++k) {
    const std::int32_t replicas = bench.state().replicas(*option);
    const bool all = bench.random().uniform() < 0.3;
    if (!bench.take(*option, all ? replicas : 1)) return false;
    changed = true;
    option = bench.open_near(*option);
  }
  return changed;
}

}  // namespace berth::adaptive
