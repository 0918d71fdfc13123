// Plans of random fleets at two demands: every migration, replayed.

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/fleet/generate.h"
#include "berth/pipeline/pipeline.h"
#include "tests/plan/migration_replay.h"

namespace berth {
namespace {

struct PlanPair {
  Fleet old_fleet;
  Fleet new_fleet;
  Plan old_plan;
  Plan new_plan;
};

Fleet random_start(std::uint64_t seed) {
  FleetShape shape;
  shape.classes = 2 + static_cast<int>(seed % 6);
  shape.models = 2 + static_cast<int>(seed / 2 % 4);
  shape.gpus = 1 + static_cast<int>(seed / 3 % 4);
  shape.seed = seed;
  shape.boxes = seed % 3 == 0;
  return generate_fleet(shape)->fleet;
}

/// Rates up and down, sometimes a class or a model less, sometimes other lengths of answers.
Fleet another_time(Fleet fleet, Random& random) {
  for (FleetClass& c : fleet.classes) {
    if (random.uniform() < 0.7) c.traffic.rate *= 0.25 + 3.0 * random.uniform();
  }
  if (random.uniform() < 0.3 && fleet.classes.size() > 1) fleet.classes.pop_back();
  if (random.uniform() < 0.4 && fleet.models.size() > 1) {
    fleet.models.erase(fleet.models.begin() +
                       static_cast<std::ptrdiff_t>(random.below(fleet.models.size())));
  }
  return fleet;
}

std::optional<Plan> planned(const Fleet& fleet, std::uint64_t seed) {
  PlanRequest request;
  request.method = "gh";
  request.seed = seed;
  const Result<PlanOutcome> outcome = make_plan(fleet, request);
  if (!outcome) return std::nullopt;
  return outcome->plan;
}

std::optional<PlanPair> random_pair(std::uint64_t seed) {
  Random random(seed);
  PlanPair pair;
  pair.old_fleet = random_start(seed);
  for (FleetClass& c : pair.old_fleet.classes) c.traffic.rate *= 0.5 + 4.0 * random.uniform();
  pair.new_fleet = another_time(pair.old_fleet, random);
  if (random.uniform() < 0.5) std::swap(pair.old_fleet, pair.new_fleet);
  std::optional<Plan> before = planned(pair.old_fleet, seed);
  std::optional<Plan> after = planned(pair.new_fleet, seed + 1);
  if (!before || !after) return std::nullopt;
  pair.old_plan = *std::move(before);
  pair.new_plan = *std::move(after);
  return pair;
}

/// Both fleets in one, with as many boxes of each offer as the plans have, and `spare` more.
Fleet with_quota(const PlanPair& pair, int spare) {
  const bool more = pair.old_fleet.classes.size() >= pair.new_fleet.classes.size();
  Fleet fleet = more ? pair.old_fleet : pair.new_fleet;
  if (pair.old_fleet.models.size() > pair.new_fleet.models.size()) {
    fleet.models = pair.old_fleet.models;
  } else {
    fleet.models = pair.new_fleet.models;
  }
  for (FleetPool& pool : fleet.pools) {
    for (FleetOffer& offer : pool.offers) {
      int most = 0;
      for (const Plan* plan : {&pair.old_plan, &pair.new_plan}) {
        for (const PlanOffer& row : plan->offers) {
          if (row.pool == pool.name && row.offer == offer.name) most = std::max(most, row.boxes);
        }
      }
      offer.max = most + spare;
    }
  }
  return fleet;
}

std::size_t route_steps(const Migration& migration) {
  std::size_t count = 0;
  for (const MigrationStep& step : migration.steps) {
    if (step.action == MigrationStep::Action::kRoute) ++count;
  }
  return count;
}

Migration migrated(const PlanPair& pair, const Fleet* fleet, const Fleet& limits,
                   const std::string& what) {
  const Result<PlanDiff> diff = diff_plans(pair.old_plan, pair.new_plan);
  EXPECT_TRUE(diff.ok()) << what;
  const Migration migration = plan_migration(pair.old_plan, pair.new_plan, *diff, fleet);
  const auto errors = test::replay_errors(
      {pair.old_fleet, pair.old_plan}, {pair.new_fleet, pair.new_plan}, limits, *diff, migration);
  for (const std::string& error : errors) ADD_FAILURE() << what << ": " << error;
  return migration;
}

constexpr std::uint64_t kPairs = 80;

TEST(MigrationProperty, WithoutQuotasOneChangeOfRoutesLosesNothing) {
  int pairs = 0;
  for (std::uint64_t seed = 1; seed <= kPairs; ++seed) {
    const std::optional<PlanPair> pair = random_pair(seed);
    if (!pair) continue;
    ++pairs;
    const std::string what = "seed " + std::to_string(seed);
    for (const Fleet* fleet : {static_cast<const Fleet*>(nullptr), &pair->old_fleet}) {
      const Migration migration = migrated(*pair, fleet, Fleet{}, what);
      if (fleet == nullptr) {
        EXPECT_TRUE(migration.lossless) << what;
        EXPECT_LE(route_steps(migration), 1U) << what;
      }
    }
  }
  EXPECT_GE(pairs, static_cast<int>(kPairs) / 2);
}

TEST(MigrationProperty, QuotasAreKeptAndLossesAreTold) {
  int waves = 0;
  int lossless = 0;
  int lossy = 0;
  for (std::uint64_t seed = 1; seed <= kPairs; ++seed) {
    const std::optional<PlanPair> pair = random_pair(seed);
    if (!pair) continue;
    for (const int spare : {0, 1, 3}) {
      const Fleet fleet = with_quota(*pair, spare);
      const Migration migration =
          migrated(*pair, &fleet, fleet,
                   "seed " + std::to_string(seed) + ", spare " + std::to_string(spare));
      if (route_steps(migration) > 1) ++waves;
      ++(migration.lossless ? lossless : lossy);
    }
  }
  EXPECT_GT(waves, 10);
  EXPECT_GT(lossless, 50);
  EXPECT_GT(lossy, 0);
}

TEST(MigrationProperty, TheSameEveryTimeAndNothingToDoBetweenEqualPlans) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const std::optional<PlanPair> pair = random_pair(seed);
    if (!pair) continue;
    const Fleet fleet = with_quota(*pair, 1);
    const Migration first = migrated(*pair, &fleet, fleet, "first");
    const Migration second = migrated(*pair, &fleet, fleet, "second");
    ASSERT_EQ(first.steps.size(), second.steps.size());
    for (std::size_t k = 0; k < first.steps.size(); ++k) {
      EXPECT_EQ(first.steps[k].action, second.steps[k].action);
      EXPECT_EQ(first.steps[k].shape, second.steps[k].shape);
      EXPECT_EQ(first.steps[k].replicas, second.steps[k].replicas);
    }
    const Result<PlanDiff> none = diff_plans(pair->old_plan, pair->old_plan);
    ASSERT_TRUE(none.ok());
    EXPECT_FALSE(none->changed());
    EXPECT_TRUE(plan_migration(pair->old_plan, pair->old_plan, *none, &fleet).steps.empty());
  }
}

}  // namespace
}  // namespace berth
