#include "berth/pipeline/pipeline.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "berth/core/text.h"
#include "berth/core/tolerance.h"
#include "berth/instance/dominance.h"
#include "berth/plan/check.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/price.h"
#include "berth/plan/running.h"
#include "berth/plan/warnings.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/worth.h"
#include "berth/solve/registry.h"
#include "berth/solve/replan.h"

namespace berth {
namespace {

Error unknown_method(const std::string& name) {
  std::vector<std::string> known;
  for (const Method& method : methods()) known.emplace_back(method.name);
  return Error{ErrorCode::kUnsupported, "unknown method '" + name + "'", "--method",
               suggest(name, known)};
}

Errors broken_plan(const std::string& method, const std::vector<Violation>& violations) {
  Errors errors;
  for (const Violation& violation : violations) {
    errors.push_back(Error{ErrorCode::kInternal,
                           "the plan of '" + method + "' fails the independent check: " +
                               std::string(to_string(violation.rule)) + ": " + violation.message,
                           violation.where,
                           "this is a bug in Berth: please report it with the input"});
  }
  return errors;
}

Error no_plan(const SolveResult& result) {
  if (result.termination.reason == TerminationReason::kUnbounded ||
      result.termination.reason == TerminationReason::kError) {
    return Error{ErrorCode::kInternal,
                 "'" + result.method + "' failed: " + result.termination.detail, "",
                 "try another --method, and please report it with the input"};
  }
  if (result.termination.reason == TerminationReason::kLimit) {
    return Error{ErrorCode::kLimitReached,
                 "the " + result.termination.limit + " limit was reached before any plan was found",
                 "", "allow more with --time-limit"};
  }
  const std::string what = result.termination.proven
                               ? "no plan exists within the limits: "
                               : "'" + result.method + "' found no plan within the limits: ";
  return Error{ErrorCode::kInfeasible, what + shortened(result.termination.detail), "",
               "'berth explain' says which limits to relax, and by how much"};
}

/// The bound gets at least this, or --bound would be without effect after a method that used up its
/// time.
constexpr double kLeastBoundSeconds = 0.1;
/// Prices that still rise after this prove little more; where rent is free they may rise for ever.
constexpr double kBoundPatience = 10.0;  // s
constexpr std::int64_t kMostBoundPasses = 2000;

/// What can be proven of the instance in the time that is left.
void add_bound(const Instance& instance, const Limits& limits, SolveResult& result) {
  bound::BoundOptions options;
  if (result.solution) {
    const double cost = price(instance, *result.solution).total().usd();
    options.best_cost = [cost] { return cost; };
  }
  Limits left = limits;
  left.iterations = kMostBoundPasses;
  left.time = Seconds{
      std::clamp(limits.time.value - result.solve_seconds, kLeastBoundSeconds, kBoundPatience)};
  const ReducedInstance reduced = without_dominated(instance);
  const bound::Bound bound = bound::Lagrangian(reduced.instance).improve(options, left);
  result.bound_seconds += bound.seconds;
  if (bound.infeasible) {
    if (!result.solution) result.termination.proven = true;
    return;
  }
  result.lower_bound = std::max(bound.value, result.lower_bound.value_or(0.0));
  if (!result.worth) result.worth = bound::worth_of(instance, bound.prices);
  if (!result.solution) return;
  const double cost = price(instance, *result.solution).total().usd();
  if (cost - *result.lower_bound <= tolerance::kOptimalGap * cost) {
    result.termination = {TerminationReason::kOptimal, true, {}, {}};
  }
}

Error too_many_lost(int lost, int max_changes) {
  return Error{ErrorCode::kInfeasible,
               lost_warning(lost) + "; at most " + std::to_string(max_changes) + " may change",
               "--max-changes", "allow more changes"};
}

/// The instance, with what runs in it where something does.
Result<BuiltInstance> build_beside(const Fleet& fleet, const PlanRequest& request) {
  if (request.current == nullptr) return build_instance(fleet);
  const std::vector<OptionSpec> running = running_options(fleet, *request.current);
  Result<BuiltInstance> built = build_instance(fleet, {.keep = running});
  if (!built) return built;
  return with_running(fleet, *std::move(built), *request.current, request.max_changes);
}

/// Hysteresis: replaces the solution by what runs, routed anew, if that can carry the demand and
/// the solution saves too little. True if nothing starts or stops then.
bool keep_if_near(const Fleet& fleet, const BuiltInstance& built, SolveResult& solved) {
  if (changes_of(built.instance, *solved.solution) == 0) return true;
  const double least = fleet.policy.switching.hysteresis;
  if (least <= 0.0) return false;
  std::optional<Solution> same = kept(built.instance);
  if (!same) return false;
  const Cost cost = price(built.instance, *same);
  const double saved = (cost.total() - solved.cost.total()).usd();
  if (saved > least * cost.total().usd()) return false;
  solved.solution = std::move(same);
  solved.cost = cost;
  if (solved.termination.reason == TerminationReason::kOptimal) {
    solved.termination = {TerminationReason::kFeasible, false, {}, {}};
  }
  return true;
}

}  // namespace

std::string status_of(const SolveResult& result) {
  switch (result.termination.reason) {
    case TerminationReason::kOptimal: return "optimal";
    case TerminationReason::kFeasible: return "feasible";
    case TerminationReason::kLimit: return "limit";
    case TerminationReason::kInfeasible: return "infeasible";
    case TerminationReason::kUnbounded: return "unbounded";
    case TerminationReason::kError: return "error";
  }
  return "infeasible";
}

Result<SolveResult> solve_instance(const Instance& instance, const PlanRequest& request) {
  const Method* method = find_method(request.method);
  if (method == nullptr) return unknown_method(request.method);

  if (instance.columns().uncertainty.matters() && !method->robust) {
    return Error{ErrorCode::kUnsupported, "'" + request.method + "' plans without uncertainty only",
                 "--robust", "--method auto, agh, gh or milp"};
  }
  SolveResult result = method->solve(instance, request.seed, request.limits);
  if (request.bound) add_bound(instance, request.limits, result);
  if (!result.solution) return result;

  result.cost = price(instance, *result.solution);
  const Claims claims{.objective = result.cost.total(), .lower_bound = result.lower_bound};
  const std::vector<Violation> violations = check(instance, *result.solution, claims);
  if (!violations.empty()) return broken_plan(result.method, violations);
  return result;
}

Result<PlanOutcome> make_plan(const Fleet& fleet, const PlanRequest& request) {
  if (find_method(request.method) == nullptr) return unknown_method(request.method);

  Result<BuiltInstance> built = build_beside(fleet, request);
  if (!built) return std::move(built).errors();
  if (Status coverable = require_coverable(fleet, *built); !coverable) {
    return std::move(coverable).errors();
  }
  const int lost = request.current != nullptr ? lost_replicas(*built, *request.current) : 0;
  if (lost > request.max_changes.value_or(lost)) return too_many_lost(lost, *request.max_changes);

  Result<SolveResult> solved = solve_instance(built->instance, request);
  if (!solved) return std::move(solved).errors();
  if (!solved->solution) return no_plan(*solved);
  const bool kept = request.current != nullptr && keep_if_near(fleet, *built, *solved);

  const SolverReport report{.method = solved->method,
                            .status = status_of(*solved),
                            .lower_bound = solved->lower_bound,
                            .solve_seconds = solved->solve_seconds,
                            .bound_seconds = solved->bound_seconds,
                            .worth = solved->worth};
  Plan plan = assemble_plan(fleet, *built, *solved->solution, report, request.current);
  if (request.current != nullptr) plan.switching->kept = kept && lost == 0;
  if (lost > 0) plan.warnings.push_back(lost_warning(lost));

  Result<std::vector<Violation>> violations = check_plan(fleet, plan);
  if (!violations) return std::move(violations).errors();
  if (!violations->empty()) return broken_plan(solved->method, *violations);
  return PlanOutcome{std::move(*built), std::move(*solved), std::move(plan)};
}

SolutionFile to_solution_file(const SolveResult& result, double read_seconds) {
  SolutionFile file;
  file.method = result.method;
  file.status = status_of(result);
  file.proven =
      result.termination.proven || result.termination.reason == TerminationReason::kOptimal;
  file.detail = result.termination.detail;
  file.read_seconds = read_seconds;
  file.solve_seconds = result.solve_seconds;
  file.bound_seconds = result.bound_seconds;
  file.claims.lower_bound = result.lower_bound;
  if (result.solution) {
    file.solution = *result.solution;
    file.claims.objective = result.cost.total();
  }
  return file;
}

}  // namespace berth
