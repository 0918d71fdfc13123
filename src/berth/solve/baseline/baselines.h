#pragma once
// What the heuristics are measured against (FORMULATION section 6, docs/study.md, "Baselines"). All
// three keep every limit; what they cannot serve and may leave is unmet at its cost.

#include "berth/solve/solver.h"

namespace berth {

/// LPR: the linear relaxation (tight rows) rounded greedily. Whole replicas of the relaxation stay,
/// then class by class the rest goes where the relaxation sends most of it. Carries the relaxation
/// as lower bound. Does not try more pairs than the relaxation can take in the time limit (limit
/// "size").
[[nodiscard]] SolveResult solve_lpr(const Instance& instance, const Limits& limits);

/// DVR: decoupled. First every class chooses GPUs as if it were alone, then one linear program
/// routes all classes over the replicas that were chosen. O(pairs log pairs) before the program.
[[nodiscard]] SolveResult solve_dvr(const Instance& instance, const Limits& limits);

/// HF: the best homogeneous fleet: GH on one pool at a time, the cheapest result. Infeasible, with
/// the classes by pool, if no pool serves all that must be served.
[[nodiscard]] SolveResult solve_hf(const Instance& instance, const Limits& limits);

}  // namespace berth
