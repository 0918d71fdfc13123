#pragma once
// The exact method: dominance, a first plan from GH, the tight MILP on HiGHS, a plan repaired from
// tolerance noise. docs/milp.md.

#include <cstdint>
#include <limits>
#include <optional>

#include "berth/solve/milp/formulation.h"
#include "berth/solve/solver.h"

namespace berth::milp {

struct MilpOptions {
  FormulationOptions formulation;
  bool dominance = true;            ///< drop dominated options first
  bool warm_start = true;           ///< begin with GH's plan
  const Solution* start = nullptr;  ///< begin with this plan too; not owned, may be null
  bool worth = true;                ///< SolveResult::worth too, where it costs little
  /// Stop at the first plan: for questions of feasibility.
  bool any_plan = false;
  /// Do not search at all (limit "size") if more pairs than this are left after dominance; 0: as
  /// many as searchable_pairs(time limit) says.
  std::size_t most_pairs = 0;
};

/// Undominated pairs whose root relaxation takes about `time` (docs/milp.md, "How large"). HiGHS
/// looks at the clock too rarely in larger ones for a time limit to hold.
[[nodiscard]] std::size_t searchable_pairs(Seconds time);

/// What no plan undercuts: a bound of HiGHS less its noise. Every plan costs whole micro-dollars
/// and no less than its true cost, so the next whole micro-dollar is a bound too.
[[nodiscard]] double proven_bound(double bound);

/// What the exact method did, beside its result.
struct MilpReport {
  std::size_t options = 0;  ///< after dominance
  std::size_t columns = 0;
  std::size_t rows = 0;
  std::size_t entries = 0;
  std::int64_t nodes = 0;
  std::optional<double> first_cost;  ///< USD/h of the plan it began with
};

/// Optimal within Limits::gap, or the limit that ended the search; every plan it returns passes
/// check(). `report` may be null.
[[nodiscard]] SolveResult solve_milp(const Instance& instance, const MilpOptions& options,
                                     const Limits& limits, MilpReport* report = nullptr);

}  // namespace berth::milp
