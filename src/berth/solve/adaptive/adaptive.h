#pragma once
// AGH, the Adaptive Greedy Heuristic (FORMULATION section 5): many starts, then local search on
// replicas with an exact routing under every move; parts of large plans are searched side by side.
// docs/agh.md describes it, docs/moves.md the moves.

#include <cstdint>
#include <functional>

#include "berth/solve/bound/bound.h"
#include "berth/solve/solver.h"

namespace berth {

struct AdaptiveOptions {
  std::uint64_t seed = 1;
  // Switches, off only for the ablation study.
  bool multi_start = true;    ///< else GH's own order alone
  bool local_search = true;   ///< else the best start is the result
  bool consolidation = true;  ///< the moves that empty several replicas or a box at once
  bool bound_prices = true;   ///< guided by the multipliers of the bound; else by stand-alone costs

  const Solution* start = nullptr;  ///< begin with this plan too; not owned, may be null
  /// Begin with what runs now (InstanceColumns::switching), mended where it does not carry the
  /// demand, and with GH's plan: two searches of few moves instead of many of many.
  bool from_running = false;
  bool dominance = true;  ///< drop dominated options first; off if that is done
  /// The relaxation of this very instance and what it has proved, for its prices; not owned, both
  /// null or none. Null: found here (bound_prices).
  const bound::Lagrangian* relaxation = nullptr;
  const bound::Bound* bound = nullptr;
  /// What is proven by somebody else meanwhile, USD/h (-infinity: nothing): the search ends at
  /// Limits::gap above it. May be empty.
  std::function<double()> proven = {};
  /// Called from the solving thread with every better cost, USD/h. May be empty.
  std::function<void(double cost)> on_better = {};
};

/// What AGH did, beside its result.
struct AdaptiveReport {
  std::int64_t starts = 0;    ///< tried
  std::int64_t distinct = 0;  ///< of these
  std::int64_t moves = 0;
  double first_cost = 0.0;  ///< USD/h: best of the starts
};

/// Every plan it returns passes check(). The same for a seed and an iteration budget at any thread
/// count; Limits::iterations counts moves. Without limits it ends after a number of moves in
/// proportion to the classes. `report` may be null.
[[nodiscard]] SolveResult solve_adaptive(const Instance& instance, const AdaptiveOptions& options,
                                         const Limits& limits, AdaptiveReport* report = nullptr);

}  // namespace berth
