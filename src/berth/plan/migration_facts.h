#pragma once
// What a migration may use and has to carry, from two plans and perhaps their fleet. Part of
// plan_migration.

#include <optional>
#include <string>
#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/plan/diff.h"
#include "berth/plan/migration_problem.h"

namespace berth {

/// An offer as the migration sees it. `most`: boxes at once, never fewer than either plan rents.
struct KnownOffer {
  std::string pool;
  std::string offer;
  int lot = 1;
  CostRate box_cost;
  int from = 0;
  int to = 0;
  std::optional<int> most = std::nullopt;
};

struct MigrationFacts {
  MigrationProblem problem;  ///< units are the shapes, classes the classes of the diff
  std::vector<std::string> pools;
  std::vector<KnownOffer> offers;
  std::vector<std::string> notes;
};

/// The load of a deployment is its utilisation times its replicas, as the plan says. It is divided
/// among its routes as the fleet's delay model weighs them (evaluate_pair, at the plan's rates and
/// margins), or by requests where there is no fleet or it has no such pair.
[[nodiscard]] MigrationFacts migration_facts(const Plan& old_plan, const Plan& new_plan,
                                             const PlanDiff& diff, const Fleet* fleet);

}  // namespace berth
