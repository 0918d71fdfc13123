#pragma once
// The one room that knows every other: fleet -> instance -> solve -> plan -> check.

#include <cstdint>
#include <optional>
#include <string>

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/build.h"
#include "berth/plan/plan.h"
#include "berth/plan/plan_json.h"
#include "berth/solve/solver.h"

namespace berth {

struct PlanRequest {
  std::string method = "auto";
  Limits limits;
  std::uint64_t seed = 1;
  /// Prove a bound for methods that bring none, with what is left of the time.
  bool bound = false;
  /// The plan that runs now: leaving it costs (docs/replan.md). Not owned, may be null.
  const Plan* current = nullptr;
  std::optional<int> max_changes = std::nullopt;  ///< replicas started and stopped
};

struct PlanOutcome {
  BuiltInstance built;
  SolveResult result;
  Plan plan;
};

/// Errors: kUnsupported (unknown method), kInfeasible (explained per class), kLimitReached, and
/// kInternal when a check rejects the solver's plan or a bound lies above its cost: a bug, never
/// hidden.
[[nodiscard]] Result<PlanOutcome> make_plan(const Fleet& fleet, const PlanRequest& request);

/// The same for a bare instance: solve, re-price, check. A result without a solution is not an
/// error here: its termination says why there is none.
[[nodiscard]] Result<SolveResult> solve_instance(const Instance& instance,
                                                 const PlanRequest& request);

/// "optimal", "feasible", "limit" or "infeasible" (docs/formats.md).
[[nodiscard]] std::string status_of(const SolveResult& result);

/// A result as a solution file; an infeasible one has empty columns.
[[nodiscard]] SolutionFile to_solution_file(const SolveResult& result, double read_seconds);

}  // namespace berth
