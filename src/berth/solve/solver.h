#pragma once
// What every solver takes and returns. Solvers see core, instance and plan only.

#include <optional>
#include <string>
#include <string_view>

#include "berth/core/limits.h"
#include "berth/core/money.h"
#include "berth/plan/price.h"
#include "berth/plan/solution.h"
#include "berth/plan/worth.h"

namespace berth {

enum class TerminationReason {
  kOptimal,     ///< proven
  kFeasible,    ///< a plan, no proof (a heuristic that ran to its end)
  kLimit,       ///< stopped by a limit; a plan may or may not exist
  kInfeasible,  ///< no plan was found; `proven` says whether none exists
  kUnbounded,   ///< the cost has no least value: an error of the instance
  kError,       ///< the solver behind a method failed; `detail` says how
};
[[nodiscard]] std::string_view to_string(TerminationReason reason);

struct Termination {
  TerminationReason reason = TerminationReason::kInfeasible;
  bool proven = false;
  /// When reason is kLimit: "time", "iterations", "nodes", "gap", "stop", "size" (too large to be
  /// tried), "memory" (more open parts of a search tree than are kept).
  std::string limit;
  /// E.g. which classes could not be covered, and by which limit; or why there is no proof though
  /// no limit was met: a tree with nothing left to divide ("leaves" in RaceResult) whose gap
  /// rounding keeps open.
  std::string detail;
};

/// A detail names class after class, or pool after pool, with "; " between them: the first few, and
/// how many more there are. For people; JSON gets all.
[[nodiscard]] std::string shortened(const std::string& detail);

struct SolveResult {
  std::string method;
  Termination termination;
  std::optional<Solution> solution;      ///< complete and within all limits
  Cost cost;                             ///< of `solution`
  std::optional<double> lower_bound;     ///< USD/h, proven
  std::optional<RelaxationWorth> worth;  ///< from the bound, where there is one
  double solve_seconds = 0.0;
  double bound_seconds = 0.0;
};

}  // namespace berth
