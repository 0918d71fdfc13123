// Plans of random fleets at two demands: every migration, replayed.

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/fleet/generate.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/migration_stages.h"
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

using Counts = std::map<std::string, long long>;

Counts replicas_of(const Plan& plan) {
  Counts counts;
  for (const PlanDeployment& row : plan.deployments) counts[row.name] += row.replicas;
  return counts;
}

Counts boxes_of(const Plan& plan) {
  Counts counts;
  for (const PlanOffer& row : plan.offers) counts[row.pool + "/" + row.offer] += row.boxes;
  return counts;
}

/// By class and deployment.
std::map<std::string, double> shares_of(const Plan& plan) {
  std::map<std::string, double> shares;
  for (const PlanRoute& row : plan.routes)
    shares[row.query_class + " on " + row.deployment] += row.share;
  return shares;
}

/// Whether every count of `more` is at least that of `less`.
bool covers(const Counts& more, const Counts& less) {
  for (const auto& [name, count] : less) {
    const auto found = more.find(name);
    if (found == more.end() ? count > 0 : found->second < count) return false;
  }
  return true;
}

void expect_stages(const Plan& before, const Plan& after, const std::vector<MigrationStage>& stages,
                   const std::string& what) {
  const Plan* last = &before;
  for (std::size_t k = 0; k < stages.size(); ++k) {
    const MigrationStage& stage = stages[k];
    const std::string at = what + ", stage " + std::to_string(k);
    if (k > 0) {
      EXPECT_NE(stage.kind, stages[k - 1].kind) << at;
    }
    const Result<PlanDiff> sound = diff_plans(stage.state, stage.state);
    EXPECT_TRUE(sound.ok()) << at << ": " << (sound ? "" : to_string(sound.errors().front()));
    const Counts was = replicas_of(*last);
    const Counts is = replicas_of(stage.state);
    const bool grows = stage.kind == MigrationStage::Kind::kGrow;
    const bool routes = stage.kind == MigrationStage::Kind::kRoute;
    EXPECT_TRUE(grows || covers(was, is)) << at;
    EXPECT_TRUE(stage.kind == MigrationStage::Kind::kShrink || covers(is, was)) << at;
    if (!routes && stage.lost <= 0.0 && (k == 0 || stages[k - 1].lost <= 0.0)) {
      EXPECT_EQ(shares_of(stage.state), shares_of(*last)) << at;
    }
    last = &stage.state;
  }
  EXPECT_EQ(replicas_of(*last), replicas_of(after)) << what;
  EXPECT_EQ(boxes_of(*last), boxes_of(after)) << what;
  const auto there = shares_of(*last);
  const auto wanted = shares_of(after);
  ASSERT_EQ(there.size(), wanted.size()) << what;
  for (const auto& [route, share] : wanted)
    EXPECT_NEAR(there.at(route), share, 1e-9) << what << route;
}

TEST(MigrationProperty, StagesAreStatesOfTheSameWay) {
  int stages_in_all = 0;
  for (std::uint64_t seed = 1; seed <= kPairs; ++seed) {
    const std::optional<PlanPair> pair = random_pair(seed);
    if (!pair) continue;
    const Plan before = with_lasting_names(pair->old_plan);
    const Plan after = with_lasting_names(pair->new_plan);
    for (const int spare : {0, 2}) {
      const Fleet fleet = with_quota(*pair, spare);
      const Result<PlanDiff> diff = diff_plans(before, after);
      ASSERT_TRUE(diff.ok());
      const Migration migration = plan_migration(before, after, *diff, &fleet);
      const auto stages = migration_stages(before, after, *diff, migration);
      expect_stages(before, after, stages,
                    "seed " + std::to_string(seed) + ", spare " + std::to_string(spare));
      stages_in_all += static_cast<int>(stages.size());
    }
    // The first plan: from nothing.
    const Result<PlanDiff> first = diff_plans(Plan{}, after);
    ASSERT_TRUE(first.ok());
    const Migration all = plan_migration(Plan{}, after, *first, nullptr);
    expect_stages(Plan{}, after, migration_stages(Plan{}, after, *first, all), "from nothing");
  }
  EXPECT_GT(stages_in_all, 200);
}

TEST(LastingNames, AreOfWhatRunsAlone) {
  const std::optional<PlanPair> pair = random_pair(3);
  ASSERT_TRUE(pair);
  Plan plan = with_lasting_names(pair->old_plan);
  std::set<std::string> names;
  for (PlanDeployment& row : plan.deployments) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_LE(row.name.size(), 63U);
    const std::string name = row.name;
    row.replicas += 5;
    EXPECT_EQ(with_lasting_names(plan).deployments[names.size() - 1].name, name);
    row.engine_args.emplace_back("--enforce-eager");
    EXPECT_NE(with_lasting_names(plan).deployments[names.size() - 1].name, name);
    row.engine_args.pop_back();
  }
  for (const PlanRoute& route : plan.routes) EXPECT_TRUE(names.contains(route.deployment));
}

}  // namespace
}  // namespace berth
