#pragma once
// Replays the steps of a migration with arithmetic of its own, and says what it finds wrong.

#include <string>
#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration.h"

namespace berth::test {

/// A plan and the fleet it was made for.
struct PlanOfFleet {
  const Fleet& fleet;
  const Plan& plan;
};

/// What does not hold, in words: every share of every class on running replicas, no deployment over
/// capacity by loads of evaluate_pair, boxes for every replica and never more than `limits` has,
/// losses told and only where `migration.lossless` is false, the new plan at the end.
[[nodiscard]] std::vector<std::string> replay_errors(const PlanOfFleet& before,
                                                     const PlanOfFleet& after, const Fleet& limits,
                                                     const PlanDiff& diff,
                                                     const Migration& migration);

}  // namespace berth::test
