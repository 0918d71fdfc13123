#pragma once
// GH, the Greedy Heuristic (FORMULATION section 4): one pass, two phases, three constraint-aware
// mechanisms. docs/gh.md describes each and how it maps to the code.
// Complexity: O(rounds x pairs of the class); under 1 ms at 6 x 6 x 10, under 50 ms at 100 x 20
// x 20.

#include <span>

#include "berth/solve/solver.h"

namespace berth {

struct GreedyOptions {
  bool feasibility_filter = true;  ///< M1 (off only for the ablation study)
  bool coverage_ranking =
      true;  ///< M2: added cost per newly covered demand; off = cheapest option first
  bool parallelism_scaling =
      true;  ///< M3: re-shape a running deployment instead of opening a second
  /// Phase 2 also by ascending demand and in the order given; the best of the three counts. Not
  /// for instances where one order already takes a good part of a second.
  bool several_orders = true;
  std::span<const ClassId> class_order;  ///< phase 2, this order alone; empty = descending demand
};

/// Never returns a solution that breaks a limit; what cannot be placed is unmet at its cost, and if
/// that exceeds max_unmet the termination is kInfeasible (not proven) and names the classes.
[[nodiscard]] SolveResult solve_greedy(const Instance& instance, const GreedyOptions& options,
                                       const Limits& limits);

}  // namespace berth
