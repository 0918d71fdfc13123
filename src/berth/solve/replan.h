#pragma once
// A plan beside one that runs: switching costs count, changes may be limited, and the search begins
// with what runs (docs/replan.md). For instances with InstanceColumns::switching.

#include <cstdint>
#include <functional>
#include <optional>

#include "berth/solve/solver.h"

namespace berth {

/// Replicas started and stopped.
[[nodiscard]] std::int64_t changes_of(const Instance& instance, const Solution& solution);

/// What runs now with its cheapest routing: no change at all. nullopt if it cannot carry the demand
/// within the limits.
[[nodiscard]] std::optional<Solution> kept(const Instance& instance);

/// The best plan of `method` with at most max_changes changes, for methods that do not count them:
/// each change is charged more and more until few enough are left. Never dearer than kept().
/// `method` gets instances that differ in their start and stop costs only. Its bound is that of the
/// first of them. kInfeasible (not proven) if no plan with so few changes was found.
[[nodiscard]] SolveResult with_few_changes(
    const Instance& instance, const Limits& limits,
    const std::function<SolveResult(const Instance&, const Limits&)>& method);

/// GH, and what runs mended by GH's rules; the cheaper of both.
[[nodiscard]] SolveResult replan_greedy(const Instance& instance, const Limits& limits);
/// AGH from what runs.
[[nodiscard]] SolveResult replan_adaptive(const Instance& instance, std::uint64_t seed,
                                          const Limits& limits);
/// The exact method, beginning with AGH's plan.
[[nodiscard]] SolveResult replan_exact(const Instance& instance, std::uint64_t seed,
                                       const Limits& limits);

}  // namespace berth
