#pragma once
// The way from one plan to the next: rent, start, route, stop, give back, so that no class is ever
// served with fewer replicas than it needs (docs/diff.md).

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/money.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration_order.h"

namespace berth {

struct MigrationStep {
  enum class Action : std::uint8_t { kRent, kStart, kRoute, kStop, kReturn };

  Action action = Action::kStart;
  std::size_t offer = 0;  ///< of kRent, kReturn: index into Migration::offers
  long long boxes = 0;
  std::size_t shape = 0;  ///< of kStart, kStop: index into PlanDiff::shapes
  int replicas = 0;
  int running = 0;                   ///< replicas of the shape after the step
  std::vector<ClassRouting> routes;  ///< of kRoute; classes and units are those of the PlanDiff
  std::vector<LostShare> lost;       ///< what is not served until the next step; usually nothing
};
/// "rent", "start", "route", "stop", "return".
[[nodiscard]] std::string_view to_string(MigrationStep::Action action);

struct MigrationOffer {
  std::string pool;
  std::string offer;
  int lot = 1;
  CostRate box_cost;
  long long before = 0;  ///< boxes in the old plan
  long long during = 0;
  long long after = 0;
};

struct Migration {
  std::vector<MigrationStep> steps;
  std::vector<MigrationOffer> offers;
  bool lossless = true;  ///< no step has anything in `lost`
  double lost = 0.0;     ///< requests/s that are not served, the most at any step
  CostRate rental;       ///< while it lasts; at most a CostRate's largest total
  std::vector<std::string> notes;
};

/// Make before break: boxes are rented first and given back last; replicas start before routes need
/// them and stop when none does. The fewest steps there are, unless the quotas of `fleet` leave
/// room for a part of it at a time. `fleet` may be null: then no quota is known, and each
/// deployment keeps the larger of both numbers of replicas until the routes have changed.
/// REQUIRES: diff == diff_plans(old_plan, new_plan). Complexity: migration_waves().
[[nodiscard]] Migration plan_migration(const Plan& old_plan, const Plan& new_plan,
                                       const PlanDiff& diff, const Fleet* fleet = nullptr);

}  // namespace berth
