#include "berth/instance/dominance.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/instance/columns.h"
#include "berth/instance/instance_json.h"
#include "tests/support/instance_builder.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using testing::InstanceBuilder;
using testing::OracleAnswer;

/// Two options of one pool that serve one class: the first with load 1, the second with load 2.
struct Duel {
  InstanceBuilder b;
  ClassId chat = b.add_class();
  PoolId pool = b.add_pool();
  OfferId offer = b.add_offer(pool, 1.0);
};

TEST(Dominance, MoreLoadOnAsManyGpusIsUseless) {
  Duel d;
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 1.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 2.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 2), 1.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 0, 0));
}

TEST(Dominance, FewerGpusOrMoreClassesSaveAnOption) {
  Duel d;
  const ClassId code = d.b.add_class();
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 2), 1.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 1.5);
  const OptionId both = d.b.add_option(d.pool, 2);
  d.b.add_pair(d.chat, both, 3.0);
  d.b.add_pair(code, both, 3.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 1, 1));
}

TEST(Dominance, OfEqualOptionsTheFirstStays) {
  Duel d;
  for (int k = 0; k < 3; ++k) d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 1.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 0, 0));
}

TEST(Dominance, OptionsThatServeNobodyGo) {
  Duel d;
  d.b.add_option(d.pool, 1);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(0));
}

TEST(Dominance, FixedCostDecidesBetweenTwins) {
  Duel d;
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.fixed_cost = 2.0}), 1.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.fixed_cost = 1.0}), 1.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(0, 1));
}

TEST(Dominance, ACappedOptionDoesNotReplaceAnother) {
  Duel d;
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.max_replicas = 5}), 1.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.max_replicas = 3}), 2.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 1))
      << "5 of the first and 3 of the second beat 5 of the first";
}

TEST(Dominance, ACapThatThePoolSetsAnywayDoesNotMatter) {
  InstanceBuilder b;
  const ClassId chat = b.add_class();
  const PoolId pool = b.add_pool();
  b.add_offer(pool, 10.0, 8, 1);
  b.add_pair(chat, b.add_option(pool, 2, {.max_replicas = 4}), 1.0);
  b.add_pair(chat, b.add_option(pool, 2, {.max_replicas = 4}), 2.0);
  b.add_pair(chat, b.add_option(pool, 2, {.max_replicas = 3}), 0.5);
  EXPECT_THAT(undominated(b.columns()), ElementsAre(1, 0, 1));
}

TEST(Dominance, GroupsOnlyReplaceWithinThemselves) {
  Duel d;
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.group = 0}), 1.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.group = 0}), 2.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1, {.group = 1}), 3.0);
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 4.0);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 0, 1, 1));
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 0.5);
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(0, 0, 0, 0, 1))
      << "an option without group may replace any";
}

TEST(Dominance, DelayAndErrorCountOnlyWhereTheirAverageIsLimited) {
  for (const bool limited : {false, true}) {
    InstanceBuilder b;
    const ClassId chat =
        b.add_class({.max_delay = limited ? 5.0 : kNoLimit, .max_error = limited ? 0.5 : kNoLimit});
    const PoolId pool = b.add_pool();
    b.add_offer(pool, 1.0);
    b.add_pair(chat, b.add_option(pool, 1), 1.0, {.delay = 2.0, .error = 0.2});
    b.add_pair(chat, b.add_option(pool, 1), 2.0, {.delay = 1.0, .error = 0.2});
    b.add_pair(chat, b.add_option(pool, 1), 2.0, {.delay = 2.0, .error = 0.1});
    const std::uint8_t kept = limited ? 1 : 0;
    EXPECT_THAT(undominated(b.columns()), ElementsAre(1, kept, kept));
  }
}

TEST(Dominance, RoutingCostCounts) {
  Duel d;
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 1.0, {.cost = 0.5});
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 2.0, {.cost = 0.1});
  d.b.add_pair(d.chat, d.b.add_option(d.pool, 1), 2.0, {.cost = 0.5});
  EXPECT_THAT(undominated(d.b.columns()), ElementsAre(1, 1, 0));
}

TEST(Dominance, AcrossPoolsByThePriceOfSingleGpus) {
  InstanceBuilder b;
  const ClassId chat = b.add_class();
  const PoolId cheap = b.add_pool();
  const PoolId dear = b.add_pool();
  b.add_offer(cheap, 1.0);
  b.add_offer(dear, 3.0);
  b.add_pair(chat, b.add_option(cheap, 2), 1.0);
  b.add_pair(chat, b.add_option(dear, 1), 1.0);
  b.add_pair(chat, b.add_option(dear, 1), 0.9);
  EXPECT_THAT(undominated(b.columns()), ElementsAre(1, 0, 1));
}

TEST(Dominance, AcrossPoolsNeitherBoxesNorCapsCompare) {
  for (const bool box : {false, true}) {
    for (const bool swap : {false, true}) {
      InstanceBuilder b;
      const ClassId chat = b.add_class();
      const PoolId first = b.add_pool();
      const PoolId second = b.add_pool();
      b.add_offer(swap ? second : first, 1.0, box ? 2 : 1, box ? kUnlimited : 10);
      b.add_offer(swap ? first : second, swap ? 1.0 : 3.0);
      b.add_pair(chat, b.add_option(first, 1), 1.0);
      b.add_pair(chat, b.add_option(second, 2), 2.0);
      // The capped pool may lose its options (saving is sure), but may not take over others'.
      const std::uint8_t second_kept = swap && !box ? 0 : 1;
      EXPECT_THAT(undominated(b.columns()), ElementsAre(1, second_kept)) << box << swap;
    }
  }
}

/// Adds worse (and some better) relatives of the options, so that much is dominated.
void add_relatives(InstanceColumns& c, Random& random) {
  const std::size_t options = c.options.name.size();
  const std::size_t pairs = c.pairs.option.size();
  for (std::size_t d = 0; d < options; ++d) {
    const OptionId relative(c.options.name.size());
    c.options.name.push_back(c.options.name[d] + "'");
    c.options.pool.push_back(random.uniform() < 0.8 ? c.options.pool[d]
                                                    : PoolId(random.below(c.pools.name.size())));
    c.options.units.push_back(c.options.units[d] + static_cast<std::int32_t>(random.below(2)));
    c.options.fixed_cost.push_back(c.options.fixed_cost[d]);
    c.options.max_replicas.push_back(c.options.max_replicas[d]);
    c.options.group.push_back(random.uniform() < 0.8 ? c.options.group[d] : kNoGroup);
    for (std::size_t p = 0; p < pairs; ++p) {
      if (c.pairs.option[p] != OptionId(d) || random.uniform() < 0.15) continue;
      c.pairs.option.push_back(relative);
      c.pairs.query_class.push_back(c.pairs.query_class[p]);
      c.pairs.load.push_back(c.pairs.load[p] * (0.95 + 0.5 * random.uniform()));
      c.pairs.delay.push_back(c.pairs.delay[p] * (random.uniform() < 0.8 ? 1.0 : 0.9));
      c.pairs.error.push_back(c.pairs.error[p] * (random.uniform() < 0.8 ? 1.0 : 0.9));
      c.pairs.cost.push_back(c.pairs.cost[p]);
    }
  }
}

TEST(Dominance, NeverChangesTheOptimum) {
  std::size_t dropped = 0;
  int solved = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Random random(seed);
    testing::RandomShape shape = testing::random_shape(seed, seed % 2 == 0);
    shape.options = std::min(shape.options, 6);
    InstanceColumns columns = testing::random_columns(shape, seed);
    add_relatives(columns, random);
    SCOPED_TRACE(std::to_string(seed) + ": " + testing::to_string(shape));
    const std::vector<std::uint8_t> keep = undominated(columns);
    InstanceColumns fewer = columns;
    keep_options(fewer, keep);
    dropped += columns.options.name.size() - fewer.options.name.size();
    const OracleAnswer all =
        testing::solve_exactly(testing::make_instance(std::move(columns)), 5.0);
    const OracleAnswer kept = testing::solve_exactly(testing::make_instance(std::move(fewer)), 5.0);
    if (all.status == OracleAnswer::Status::kTimeLimit ||
        kept.status == OracleAnswer::Status::kTimeLimit) {
      continue;
    }
    ++solved;
    EXPECT_EQ(kept.status, all.status);
    EXPECT_NEAR(kept.objective, all.objective, 1e-4 * std::max(1.0, std::abs(all.objective)));
  }
  EXPECT_GT(solved, 40);
  EXPECT_GT(dropped, 60U) << "the property is only as good as what it drops";
}

TEST(Dominance, TheKeptOnesDoNotDominateEachOther) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Random random(seed);
    InstanceColumns columns = testing::random_columns(testing::random_shape(seed, true), seed);
    add_relatives(columns, random);
    keep_options(columns, undominated(columns));
    const std::vector<std::uint8_t> again = undominated(columns);
    EXPECT_EQ(std::count(again.begin(), again.end(), 0), 0) << seed;
  }
}

TEST(Dominance, SharedInstancesShrinkAsMeasured) {
  const std::vector<testing::KnownInstance> known = testing::known_instances();
  if (known.empty()) GTEST_SKIP() << "no shared instances beside the tree";
  // Options that remain; docs/formulation.md shows them. t1, t6 and t7 agree with known.csv.
  const std::vector<std::pair<std::string, std::ptrdiff_t>> expected = {
      {"t1", 94},  {"t2", 142}, {"t3", 160}, {"t4", 320}, {"t5", 83},
      {"t6", 199}, {"t7", 303}, {"t8", 545}, {"t9", 142}};
  for (const auto& [name, remaining] : expected) {
    for (const testing::KnownInstance& instance : known) {
      if (instance.name.substr(0, 2) != name) continue;
      const Result<Instance> read = read_instance(instance.path);
      ASSERT_TRUE(read.ok());
      const std::vector<std::uint8_t> keep = undominated(read->columns());
      EXPECT_EQ(std::count(keep.begin(), keep.end(), 1), remaining) << instance.name;
    }
  }
}

TEST(Dominance, KnownOptimaStay) {
  const std::vector<testing::KnownInstance> known = testing::known_instances();
  if (known.empty()) GTEST_SKIP() << "no shared instances beside the tree";
  for (const testing::KnownInstance& instance : known) {
    const std::string name = instance.name.substr(0, 2);
    if (name != "t1" && name != "t2" && name != "t5") continue;  // the ones solved within a second
    Result<Instance> read = read_instance(instance.path);
    ASSERT_TRUE(read.ok());
    InstanceColumns columns = read->columns();
    keep_options(columns, undominated(columns));
    const OracleAnswer kept =
        testing::solve_exactly(testing::make_instance(std::move(columns)), 20.0);
    if (kept.status == OracleAnswer::Status::kTimeLimit) continue;
    EXPECT_NEAR(kept.objective, instance.objective, 1e-4 * instance.objective) << instance.name;
  }
}

}  // namespace
}  // namespace berth
