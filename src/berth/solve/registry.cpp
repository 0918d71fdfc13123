#include "berth/solve/registry.h"

#include <algorithm>
#include <array>

#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/automatic.h"
#include "berth/solve/baseline/baselines.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/replan.h"
#include "berth/solve/robust.h"

namespace berth {
namespace {

bool something_runs(const Instance& instance) { return !instance.columns().switching.empty(); }

bool uncertain(const Instance& instance) { return instance.columns().uncertainty.matters(); }

SolveResult solve_gh(const Instance& instance, std::uint64_t /*seed*/, const Limits& limits) {
  if (uncertain(instance)) return robust_greedy(instance, limits);
  if (something_runs(instance)) return replan_greedy(instance, limits);
  return solve_greedy(instance, GreedyOptions{}, limits);
}

SolveResult solve_agh(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  if (uncertain(instance)) return robust_adaptive(instance, seed, limits);
  if (something_runs(instance)) return replan_adaptive(instance, seed, limits);
  AdaptiveOptions options;
  options.seed = seed;
  return solve_adaptive(instance, options, limits);
}

SolveResult solve_exact(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  if (uncertain(instance)) return robust_exact(instance, limits);
  if (something_runs(instance)) return replan_exact(instance, seed, limits);
  return milp::solve_milp(instance, milp::MilpOptions{}, limits);
}

SolveResult solve_best(const Instance& instance, std::uint64_t seed, const Limits& limits) {
  if (uncertain(instance)) return robust_best(instance, seed, limits);
  if (something_runs(instance)) return replan_adaptive(instance, seed, limits);
  return solve_automatic(instance, seed, limits);
}

/// The baselines plan for what is stated.
SolveResult no_robust_plan(const char* method) {
  SolveResult result;
  result.method = method;
  result.termination = {TerminationReason::kError, false, {}, "it plans without uncertainty only"};
  return result;
}

/// Baselines do not look for few changes: a plan with too many is none.
SolveResult within_changes(const Instance& instance, SolveResult result) {
  const std::int32_t most = instance.columns().switching.max_changes;
  if (!result.solution || changes_of(instance, *result.solution) <= most) return result;
  result.solution.reset();
  result.cost = {};
  result.termination = {TerminationReason::kInfeasible,
                        false,
                        {},
                        "its plan starts or stops more replicas than --max-changes allows"};
  return result;
}

SolveResult solve_relaxation_rounded(const Instance& instance, std::uint64_t /*seed*/,
                                     const Limits& limits) {
  return uncertain(instance) ? no_robust_plan("lpr")
                             : within_changes(instance, solve_lpr(instance, limits));
}

SolveResult solve_decoupled(const Instance& instance, std::uint64_t /*seed*/,
                            const Limits& limits) {
  return uncertain(instance) ? no_robust_plan("dvr")
                             : within_changes(instance, solve_dvr(instance, limits));
}

SolveResult solve_homogeneous(const Instance& instance, std::uint64_t /*seed*/,
                              const Limits& limits) {
  return uncertain(instance) ? no_robust_plan("hf")
                             : within_changes(instance, solve_hf(instance, limits));
}

// The first method is the default of the command line.
constexpr std::array kMethods = {
    Method{"auto", "agh beside its proof, then the exact search of what they leave open",
           solve_best},
    Method{"gh", "greedy heuristic: one pass, a plan in milliseconds, no proof", solve_gh},
    Method{"agh",
           "adaptive greedy heuristic: many starts, local search; near the optimum in seconds",
           solve_agh},
    Method{"milp", "exact: the optimum and its proof, or the best plan and bound within the limits",
           solve_exact},
    Method{"lpr", "baseline: the linear relaxation, rounded greedily", solve_relaxation_rounded,
           false},
    Method{"dvr", "baseline: each class chooses GPUs alone, then all are routed together",
           solve_decoupled, false},
    Method{"hf", "baseline: the best fleet of one kind of GPU", solve_homogeneous, false},
};

}  // namespace

std::span<const Method> methods() { return kMethods; }

const Method* find_method(std::string_view name) {
  const auto found = std::find_if(kMethods.begin(), kMethods.end(),
                                  [name](const Method& method) { return method.name == name; });
  return found == kMethods.end() ? nullptr : &*found;
}

}  // namespace berth
