#pragma once
// Random but realistic fleets, for benchmarks and studies. docs/generate.md. The same shape gives
// the same fleet on every machine.

#include <cstdint>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"

namespace berth {

struct FleetShape {
  int classes = 6;
  int models = 6;
  int gpus = 10;  ///< pools, each of a GPU type of its own as long as there are any
  std::uint64_t seed = 1;
  /// Boxes of 8 GPUs, a few of them reserved at a discount; else single GPUs on demand.
  bool boxes = false;
};

/// Largest of each; a fleet of that size still fits in memory.
inline constexpr int kMostGeneratedClasses = 20000;
inline constexpr int kMostGeneratedModels = 1000;
inline constexpr int kMostGeneratedGpus = 1000;

struct GeneratedFleet {
  Fleet fleet;
  std::vector<ModelId> variants;  ///< models of `fleet.catalog` that are not built in
};

/// Models of all sizes, pools at the catalog's prices, classes whose limits some model on some GPU
/// keeps (by a rough estimate on the strict side). Errors: kOutOfRange for a size below 1 or too
/// large.
[[nodiscard]] Result<GeneratedFleet> generate_fleet(const FleetShape& shape);

/// The set-up of the paper's studies as far as a fleet can say it: docs/generate.md tells what
/// differs. The seed moves rates, lengths and limits within the paper's ranges.
[[nodiscard]] Result<GeneratedFleet> paper_fleet(std::uint64_t seed);

}  // namespace berth
