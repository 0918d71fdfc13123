#include "berth/explain/explain.h"

#include <algorithm>
#include <array>

#include "berth/explain/duals.h"
#include "berth/explain/relax.h"
#include "berth/explain/worth.h"
#include "berth/solve/milp/milp.h"

namespace berth {
namespace {

/// Of all the time, how much the unchanged problem may take.
constexpr double kShareOfBase = 0.4;
/// Dual values are an extra: they never take longer than this, s.
constexpr double kMostDualSeconds = 5.0;

Error out_of_time() {
  return {ErrorCode::kLimitReached,
          "neither a plan was found nor proven that there is none within the time limit", "",
          "allow more with --time-limit"};
}

void add_given(const Fleet& fleet, const Plan& given, Explanation& explanation) {
  explanation.given = given.cost.total();
  const Usage used = plan_usage(fleet, explanation.limits, given);
  for (LimitPrice& worth : explanation.worths) {
    worth.given_used = used[worth.limit];
    worth.given_tight = is_tight(explanation.limits[worth.limit], used[worth.limit]);
  }
}

}  // namespace

std::string_view to_string(Basis basis) {
  switch (basis) {
    case Basis::kNotComputed: return "not_computed";
    case Basis::kSame: return "same_problem";
    case Basis::kBound: return "bound";
    case Basis::kStep: return "step";
    case Basis::kStepBest: return "step_best_found";
  }
  return "unknown";
}

Result<Explanation> explain(const Problem& problem, const Solver& exact, const Limits& limits) {
  Prober prober(problem, exact, limits);
  Explanation explanation;
  explanation.name = problem.name;
  explanation.limits = problem.limits;
  explanation.notes = problem.notes;
  const Answer feasible = prober.feasible({});
  std::optional<PlanFound> base;
  if (feasible == Answer::kYes) {
    base = prober.cheapest({}, kShareOfBase);
    if (!base) base = prober.first_plan();
  }
  if (base) {
    explanation.status = Explanation::Status::kFeasible;
    explanation.best = PlanPrice{base->cost, base->lower_bound, base->proven};
    explain_feasible(problem, prober, *base, limits.gap, explanation);
    const double left = std::min(limits.time.value - prober.seconds(), kMostDualSeconds);
    if (const Result<Instance> instance = problem.build({}); instance && left > 0.0) {
      add_duals(*instance, base->solution, left, explanation);
    }
  } else if (feasible == Answer::kNo) {
    explanation.status = Explanation::Status::kInfeasible;
    explanation.uncoverable = problem.uncoverable;
    explain_infeasible(problem, prober, explanation);
  }
  if (!prober.broken().empty()) return prober.broken();
  if (explanation.status == Explanation::Status::kUnknown) return out_of_time();
  explanation.seconds = prober.seconds();
  explanation.solves = prober.solves();
  return explanation;
}

Result<Explanation> explain_instance(const Instance& instance, const Solver& exact,
                                     const Limits& limits) {
  return explain(instance_problem(instance), exact, limits);
}

SolveResult solve_exactly(const Instance& instance, bool any_plan, const Limits& limits) {
  milp::MilpOptions options;
  options.any_plan = any_plan;
  return milp::solve_milp(instance, options, limits);
}

Result<Explanation> explain_fleet(const Fleet& fleet, const Solver& exact, const Limits& limits,
                                  const Plan* given) {
  const Result<Problem> problem = fleet_problem(fleet);
  if (!problem) return problem.errors();
  Result<Explanation> explanation = explain(*problem, exact, limits);
  if (explanation && given != nullptr) add_given(fleet, *given, *explanation);
  return explanation;
}

}  // namespace berth
