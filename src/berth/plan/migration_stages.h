#pragma once
// A migration in stages that a cluster can be brought to one after the other, each a plan of its
// own (docs/operations.md).

#include <string>
#include <vector>

#include "berth/plan/diff.h"
#include "berth/plan/migration.h"
#include "berth/plan/plan.h"

namespace berth {

struct MigrationStage {
  enum class Kind : std::uint8_t {
    kGrow,    ///< boxes are rented, replicas start; the next stage waits until they are ready
    kRoute,   ///< routes change; the next stage waits until the last requests have ended
    kShrink,  ///< replicas stop, boxes are given back
  };

  Kind kind = Kind::kGrow;
  int started = 0;  ///< replicas
  int stopped = 0;
  long long rented = 0;  ///< boxes
  long long returned = 0;
  double lost = 0.0;  ///< share of a class that is not served until the next stage, the largest
  /// What runs and where requests go once the stage is done. Its deployments have lasting names;
  /// what it predicts is that of the plan a row comes from. What is lost is unmet.
  Plan state;
};
/// "grow", "route", "shrink".
[[nodiscard]] std::string_view to_string(MigrationStage::Kind kind);

/// The plan with each deployment, and the routes to it, under its lasting name. Deployments that
/// are alike in all of it become "<name>-2", ... in the plan's order.
[[nodiscard]] Plan with_lasting_names(Plan plan);

/// Consecutive steps of one kind are one stage. Empty where nothing runs, is routed or rented
/// otherwise. The last state runs and routes as `new_plan` does.
/// REQUIRES: both plans have lasting names, diff == diff_plans(old_plan, new_plan), and `migration`
/// is theirs. O(steps * rows).
[[nodiscard]] std::vector<MigrationStage> migration_stages(const Plan& old_plan,
                                                           const Plan& new_plan,
                                                           const PlanDiff& diff,
                                                           const Migration& migration);

}  // namespace berth
