#include "tests/explain/exact_solver.h"

#include <algorithm>

#include "berth/solve/milp/milp.h"
#include "tests/support/oracle.h"

namespace berth::testing {

SolveResult solve_by_oracle(const Instance& instance, bool /*any_plan*/, const Limits& limits) {
  const OracleAnswer answer = solve_exactly(instance, std::min(limits.time.value, 20.0));
  SolveResult result;
  result.method = "oracle";
  result.solution = answer.solution;
  switch (answer.status) {
    case OracleAnswer::Status::kOptimal:
      result.termination = {TerminationReason::kOptimal, true, {}, {}};
      result.lower_bound = answer.bound;
      break;
    case OracleAnswer::Status::kInfeasible:
      result.termination = {TerminationReason::kInfeasible, true, {}, {}};
      break;
    case OracleAnswer::Status::kTimeLimit:
      result.termination = {TerminationReason::kLimit, false, "time", {}};
      break;
  }
  return result;
}

SolveResult solve_by_milp(const Instance& instance, bool any_plan, const Limits& limits) {
  milp::MilpOptions options;
  options.any_plan = any_plan;
  return milp::solve_milp(instance, options, limits);
}

SolveResult give_up(const Instance& /*instance*/, bool /*any_plan*/, const Limits& /*limits*/) {
  SolveResult result;
  result.method = "none";
  result.termination = {TerminationReason::kLimit, false, "time", {}};
  return result;
}

}  // namespace berth::testing
