#include "berth/plan/robustness.h"

namespace berth {

std::optional<PlanRobustness> robustness_of(const FleetPolicy& policy) {
  if (policy.survival.asked()) return PlanRobustness{{}, policy.survival};
  if (policy.uncertainty.budget > 0.0) return PlanRobustness{policy.uncertainty, {}};
  return std::nullopt;
}

void apply_robustness(const PlanRobustness& robust, FleetPolicy& policy) {
  policy.uncertainty = robust.uncertainty;
  policy.survival = robust.survival;
}

Fleet usual_day(const Fleet& fleet) {
  Fleet usual = fleet;
  usual.policy.headroom = 0.0;
  usual.policy.survival = {};
  return usual;
}

}  // namespace berth
