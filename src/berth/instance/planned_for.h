#pragma once
// What a class is planned for beyond what it states: headroom, a margin, the day it must survive,
// and what it alone may show of the uncertainty (docs/robust.md). Factors, at least 1 but for a
// margin below 1.

#include <algorithm>

#include "berth/fleet/fleet.h"

namespace berth {

struct PlannedFor {
  double demand = 1.0;         ///< times its rate
  double times = 1.0;          ///< times every time of a request: its limits are so much shorter
  double error = 1.0;          ///< times a model's error, where each request must keep the floor
  double average_error = 1.0;  ///< the same where their average must; the budget adds its own
};

[[nodiscard]] inline PlannedFor planned_for(const FleetPolicy& policy, const ClassMargin& margin) {
  const UncertaintyPolicy& uncertainty = policy.uncertainty;
  const double alone = std::min(1.0, uncertainty.budget);
  PlannedFor planned;
  if (policy.survival.asked()) {
    planned = {policy.survival.factor, policy.survival.factor, policy.survival.factor,
               policy.survival.factor};
  } else {
    planned.demand = 1.0 + policy.headroom;
  }
  planned.demand *= margin.load;
  planned.times *= 1.0 + alone * uncertainty.delay;
  planned.error *= 1.0 + alone * uncertainty.error;
  return planned;
}

/// The largest error that a request may have as the models are scored, where each must keep the
/// floor. REQUIRES: quality.min > 0.
[[nodiscard]] inline double strict_error_limit(const PlannedFor& planned,
                                               const QualityFloor& quality) {
  return (1.0 - quality.min) / planned.error;
}

}  // namespace berth
