#pragma once
// Fleets of any size over the built-in catalog, for tests and benchmarks. The same seed gives the
// same fleet.

#include "berth/core/random.h"
#include "berth/fleet/fleet.h"

namespace berth {

struct RandomFleetShape {
  std::size_t classes = 6;
  std::size_t models = 6;
  std::size_t gpus = 6;
  /// Odd cases as well: small lots and caps, tight SLOs, long prompts, delay costs, average floors.
  bool varied = true;
};

/// Models and GPUs are the first of the catalog (all of them if there are fewer).
[[nodiscard]] Fleet random_fleet(const Catalog& catalog, const RandomFleetShape& shape,
                                 std::uint64_t seed);

}  // namespace berth
