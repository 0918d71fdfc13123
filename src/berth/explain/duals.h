#pragma once
// Worths of limits read off dual values, where duals exist: docs/explain.md says which.

#include "berth/core/limits.h"
#include "berth/explain/explanation.h"
#include "berth/instance/instance.h"

namespace berth {

/// Fills in `dual` of the worths: of average limits from the routing problem with the plan's whole
/// numbers fixed, of quotas and the budget from the linear relaxation. Limits that shape the table
/// (TTFT, TPOT, end-to-end, strict quality) have no row and so no dual.
void add_duals(const Instance& instance, const Solution& solution, double time_limit_s,
               Explanation& explanation);

}  // namespace berth
