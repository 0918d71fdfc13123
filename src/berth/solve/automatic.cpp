#include "berth/solve/automatic.h"

#include <cmath>

#include "berth/solve/milp/milp.h"

namespace berth {
SolveResult solve_automatic(const Instance& instance, const Limits& limits) {
  Limits within = limits;
  const bool asked = std::isfinite(limits.time.value);
  if (!asked) within.time = kPatience;
  milp::MilpOptions options;
  // The root may take half of the time; the other half is for the search.
  options.most_pairs = milp::searchable_pairs(Seconds{0.5 * within.time.value});
  SolveResult result = milp::solve_milp(instance, options, within);

  Termination& end = result.termination;
  if (end.reason == TerminationReason::kLimit && end.limit == "size") {
    result.method = "gh";
    end.limit.clear();
    end.reason = result.solution ? TerminationReason::kFeasible : TerminationReason::kInfeasible;
  } else if (end.reason == TerminationReason::kLimit && end.limit == "time" && !asked &&
             result.solution) {
    end.limit.clear();
    end.reason = TerminationReason::kFeasible;
    end.detail = "the exact search was ended; --time-limit gives it longer";
  }
  return result;
}

}  // namespace berth
