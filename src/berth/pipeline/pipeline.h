#pragma once
// The one file that knows every room: fleet -> instance -> solve -> plan -> check.

#include <string>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/build.h"
#include "berth/plan/plan.h"
#include "berth/solve/solver.h"

namespace berth {

struct PlanRequest {
  std::string method = "auto";
  Limits limits;
  std::uint64_t seed = 1;
};

struct PlanOutcome {
  BuiltInstance built;
  SolveResult result;
  Plan plan;
};

/// Errors: kInfeasible (explained), kLimitReached, kInternal if the checker rejects the solver's
/// plan or a bound lies above its cost (a bug, never hidden).
[[nodiscard]] Result<PlanOutcome> make_plan(const Fleet& fleet, const PlanRequest& request);

/// The same for a bare instance: solve, re-price, check. A result without a solution is returned as is.
[[nodiscard]] Result<SolveResult> solve_instance(const Instance& instance, const PlanRequest& request);

}  // namespace berth
