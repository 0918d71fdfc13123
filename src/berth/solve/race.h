#pragma once
// The proof of what a plan and the first bound leave open, by methods that are good at different
// problems, side by side: the tree on the Lagrangian bound, HiGHS on what fixing leaves, and AGH
// for better plans. They share the best cost; the first to close the gap ends the others.
// docs/agh.md, "auto".

#include <cstdint>
#include <optional>
#include <string>

#include "berth/core/limits.h"
#include "berth/instance/instance.h"
#include "berth/plan/solution.h"
#include "berth/solve/bound/bound.h"

namespace berth {

/// Where it starts. Nothing is owned.
struct RaceStart {
  const Instance& instance;
  const bound::Lagrangian& relaxation;  ///< of `instance`
  const bound::Bound& bound;            ///< what it has proved
  const Solution& plan;                 ///< the best one; passes check()
  std::uint64_t seed = 1;               ///< of AGH
};

struct RaceResult {
  double bound = 0.0;              ///< USD/h, proven; at least that of the start
  const char* proved_by = "";      ///< "branch" or "milp"; "" if nobody proved more
  std::optional<Solution> better;  ///< the cheapest plan, if cheaper than that of the start
  const char* found_by = "";       ///< "agh", "branch" or "milp"
  /// What ended it: "gap", "stop", or what ended the tree: "time", "nodes", "memory" (too many open
  /// parts), "leaves" (nothing left to divide; rounding keeps the gap open).
  std::string limit;
};

/// Limits: gap, time, nodes (of each search), threads, stop; on_progress is called from any of the
/// threads, one call at a time. With one thread the methods follow each other. Depends on the
/// clock, as they tell each other what they find. If one throws (memory, on_progress), the others
/// are stopped and the exception is thrown here. REQUIRES: a finite time.
[[nodiscard]] RaceResult race(const RaceStart& start, const Limits& limits);

}  // namespace berth
