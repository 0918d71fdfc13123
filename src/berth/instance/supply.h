#pragma once
// What can be rented in a pool, as far as the filter asks. docs/formulation.md, "Availability".

#include <cstdint>
#include <limits>

#include "berth/fleet/fleet.h"

namespace berth {

struct PoolStock {
  std::int64_t gpus = 0;  ///< obtainable at most; kEndless
  int box_gpus = 0;       ///< of the smallest box on offer: the most GPUs that surely share a box
  int common_gpus = 0;    ///< greatest common divisor of the boxes on offer

  static constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();

  /// One replica of n x m GPUs can be rented, and each of its m groups of n sits in one box. As n
  /// divides every box, boxes with GPUs enough for some replicas also have them side by side (for
  /// degrees that divide one another, as powers of two do).
  [[nodiscard]] bool holds(int tensor_parallel, int pipeline_parallel) const {
    return common_gpus > 0 && common_gpus % tensor_parallel == 0 &&
           std::int64_t{tensor_parallel} * pipeline_parallel <= gpus;
  }
  /// Replicas of `units` GPUs at most; kUnlimited.
  [[nodiscard]] std::int32_t max_replicas(int units) const;
};

[[nodiscard]] PoolStock pool_stock(const FleetPool& pool);

}  // namespace berth
