#pragma once
// The replicas that a change of routes needs. Part of plan_migration.

#include <vector>

#include "berth/plan/migration_problem.h"

namespace berth {

using PoolGpus = std::vector<long long>;  // GPUs by pool

/// Whether no pool needs more than it has.
[[nodiscard]] bool within(const MigrationProblem& problem, const PoolGpus& gpus);

/// Replicas to run while the routes change from `before` to `after`.
struct SwitchOver {
  std::vector<int> replicas;  ///< by unit
  double lost = 0.0;          ///< requests/s that those before the change do not carry
  bool possible = true;       ///< what comes after it fits
};
/// Where not all fit that either side needs, those only the old side needs are given up, the fewest
/// requests a GPU first. O(flows + units log units).
[[nodiscard]] SwitchOver switch_over(const MigrationProblem& problem, const Routing& before,
                                     const Routing& after);

}  // namespace berth
