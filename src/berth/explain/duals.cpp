#include "berth/explain/duals.h"

#include <algorithm>

#include "berth/solve/milp/relaxation.h"
#include "berth/solve/milp/reroute.h"

namespace berth {
namespace {

bool from_routing(LimitKind kind) {
  return kind == LimitKind::kAverageDelay || kind == LimitKind::kAverageError ||
         kind == LimitKind::kQuality;
}

bool from_relaxation(LimitKind kind) {
  return kind == LimitKind::kQuota || kind == LimitKind::kBudget;
}

template <class Wanted>
bool any_limit(const Explanation& explanation, const Wanted& wanted) {
  return std::any_of(explanation.limits.begin(), explanation.limits.end(),
                     [&](const Limit& limit) { return wanted(limit.kind); });
}

void add_from_routing(const Instance& instance, const milp::Rerouting& routing,
                      Explanation& explanation) {
  for (LimitPrice& worth : explanation.worths) {
    const Limit& limit = explanation.limits[worth.limit];
    const std::size_t i = limit.index;
    if (limit.kind == LimitKind::kAverageDelay) {
      worth.dual = DualWorth{routing.delay_worth[i], DualWorth::Source::kRouting};
    }
    // A strict floor is no row of the problem; an average one is a limit of the average error.
    const bool error = limit.kind == LimitKind::kAverageError || limit.kind == LimitKind::kQuality;
    if (error && instance.columns().classes.max_error[i] != kNoLimit) {
      worth.dual = DualWorth{routing.error_worth[i], DualWorth::Source::kRouting};
    }
  }
}

void add_from_relaxation(const milp::Relaxation& relaxation, Explanation& explanation) {
  for (LimitPrice& worth : explanation.worths) {
    const Limit& limit = explanation.limits[worth.limit];
    if (limit.kind == LimitKind::kQuota) {
      worth.dual = DualWorth{relaxation.pool_worth[limit.index], DualWorth::Source::kRelaxation};
    } else if (limit.kind == LimitKind::kBudget) {
      worth.dual = DualWorth{relaxation.budget_worth, DualWorth::Source::kRelaxation};
    }
  }
}

}  // namespace

void add_duals(const Instance& instance, const Solution& solution, double time_limit_s,
               Explanation& explanation) {
  if (any_limit(explanation, from_routing)) {
    if (const auto routing = milp::reroute(instance, solution.replicas)) {
      add_from_routing(instance, *routing, explanation);
    }
  }
  if (time_limit_s > 0.0 && any_limit(explanation, from_relaxation)) {
    milp::MilpOptions options;
    options.formulation.tight_bounds = false;  // they would take over what the limits are worth
    if (const auto relaxation = milp::solve_relaxation(instance, options, time_limit_s)) {
      add_from_relaxation(*relaxation, explanation);
    }
  }
}

}  // namespace berth
