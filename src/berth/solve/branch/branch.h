#pragma once
// Branch and bound on the Lagrangian bound: where the relaxation of one instance leaves a gap, the
// plans are divided by how many replicas a set of options has, and each part is bounded again.
// docs/bound.md, "Branching".

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "berth/core/limits.h"
#include "berth/plan/solution.h"
#include "berth/solve/bound/bound.h"

namespace berth::branch {

struct BranchResult {
  double bound = 0.0;  ///< USD/h, proven: no plan costs less; >= the bound it began with
  std::optional<Solution> better;  ///< a plan cheaper than any cost that was given; passes check()
  double cost = 0.0;               ///< USD/h: of `better`, else the least that was given
  std::int64_t nodes = 0;          ///< parts that were divided further
  std::int64_t passes = 0;         ///< over the pairs of the reduced instance
  std::size_t open = 0;            ///< parts left when it ended
  double seconds = 0.0;
  /// What ended it: "gap" (closed to Limits::gap), "time", "nodes", "stop", "memory" (too many open
  /// parts), "leaves" (nothing left to divide).
  std::string limit;
};

struct BranchOptions {
  /// USD/h of the best plan known to others meanwhile; asked once a round, may be empty. The result
  /// then depends on when they found it.
  std::function<double()> best_cost = {};
};

/// Raises `bound`, what `relaxation` has proved of `instance`, given the cost of a plan (USD/h).
/// Limits: gap, time, nodes, threads, stop, on_progress. The same for the same nodes at any thread
/// count. Memory is O(open parts x (options + columns)). REQUIRES: `cost` is that of a plan.
[[nodiscard]] BranchResult prove(const Instance& instance, const bound::Lagrangian& relaxation,
                                 const bound::Bound& bound, double cost, const Limits& limits,
                                 const BranchOptions& options = {});

}  // namespace berth::branch
