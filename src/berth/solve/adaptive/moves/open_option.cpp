// Open: the option that would save most if classes came over with their part of the rent gets
// replicas first; prune then closes what this has emptied. What refill alone never tries.

#include "berth/solve/adaptive/moves/move.h"

namespace berth::adaptive {
namespace {

constexpr double kMeasureNoise = 1.0;  // the best by this measure is rarely the best

}  // namespace

bool open_option(Workbench& bench) {
  const std::optional<std::size_t> option = bench.promising(kMeasureNoise);
  return option && bench.add(*option, 1);
}

}  // namespace berth::adaptive
