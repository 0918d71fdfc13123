#pragma once
// The names of a plan as the indices of its fleet. Part of check_plan.

#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/options.h"
#include "berth/plan/plan.h"

namespace berth {

struct ResolvedOffer {
  PoolId pool;
  std::size_t rank = 0;  ///< index into FleetPool::offers
};

struct ResolvedRoute {
  ClassId query_class;
  std::size_t deployment = 0;  ///< row of the plan
};

/// Parallel to the plan's own rows.
struct ResolvedPlan {
  std::vector<OptionSpec> deployments;
  std::vector<ResolvedOffer> offers;
  std::vector<ResolvedRoute> routes;
  std::vector<ClassId> classes;
};

/// All errors at once, `where` = JSON pointer.
[[nodiscard]] Result<ResolvedPlan> resolve_plan(const Fleet& fleet, const Plan& plan);

}  // namespace berth
