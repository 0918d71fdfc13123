// Replace an option: all its replicas go and others (another GPU, model, TP or PP) take over.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {

bool replace_option(Workbench& bench) {
  const std::optional<std::size_t> option = bench.any_open();
  if (!option || !bench.take(*option, bench.state().replicas(*option))) return false;
  bench.bar(option);
  return true;
}

}  // namespace berth::adaptive
