#pragma once
// Plans that hold whichever classes turn out worse (docs/robust.md), by methods that plan for one
// instance: a planner against an adversary. For instances with InstanceColumns::uncertainty; one
// where something runs too keeps its switching costs.

#include <cstdint>
#include <functional>
#include <span>

#include "berth/solve/solver.h"

namespace berth {

/// Plans for an instance without uncertainty.
using PlainMethod = std::function<SolveResult(const Instance&, const Limits&)>;

/// The instance without uncertainty whose loads have risen by `weight` (by pair, 0..1) of what they
/// may. With weights of at most the budget for each option it is a relaxation, so what is proven of
/// it holds; with all 1 its plans withstand anything.
[[nodiscard]] Instance risen(const Instance& instance, std::span<const double> weight);

struct RobustOptions {
  int rounds = 4;      ///< of planner against adversary, at least 2
  bool polish = true;  ///< then the relaxation, and the exact search among the options in any plan
};

/// Rounds of `method`: the first plans for all that may rise, the last for what the adversary would
/// do to the best plan so far, those between for something between; all are mended to withstand the
/// worst. The best of the plans, which passes check(), and the best bound of relaxations.
[[nodiscard]] SolveResult solve_robust(const Instance& instance, const RobustOptions& options,
                                       const Limits& limits, const PlainMethod& method);

[[nodiscard]] SolveResult robust_greedy(const Instance& instance, const Limits& limits);
[[nodiscard]] SolveResult robust_adaptive(const Instance& instance, std::uint64_t seed,
                                          const Limits& limits);
/// The exact method on the robust rows, beginning with robust_greedy's plan.
[[nodiscard]] SolveResult robust_exact(const Instance& instance, const Limits& limits);
/// AGH, then the exact search of all in what is left of the time.
[[nodiscard]] SolveResult robust_best(const Instance& instance, std::uint64_t seed,
                                      const Limits& limits);

}  // namespace berth
