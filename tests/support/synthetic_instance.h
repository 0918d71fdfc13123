#pragma once
// Instances of realistic shape and any size, without the physics: models x GPUs x TP x PP x TPOT
// targets with speeds, limits and prices of the right order. For benchmarks and conformance.

#include <cstdint>

#include "berth/instance/instance.h"

namespace berth::testing {

struct SyntheticSize {
  int classes = 6;
  int models = 6;
  int gpus = 10;
};

[[nodiscard]] Instance synthetic_instance(const SyntheticSize& size, std::uint64_t seed);

}  // namespace berth::testing
