// Every move on random instances with every feature: what it leaves, completed by refill and prune,
// is a state that adds up.

#include <algorithm>
#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/solve/adaptive/improve.h"
#include "berth/solve/adaptive/moves/move.h"
#include "berth/solve/adaptive/search.h"
#include "tests/solve/market_checks.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth::adaptive {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

constexpr double kEndless = std::numeric_limits<double>::infinity();

RandomShape move_shape(std::uint64_t seed) {
  RandomShape shape = random_shape(seed, seed % 3 == 0);
  shape.classes += 3;
  shape.options += 8;
  return shape;
}

struct Tally {
  int made = 0;
  int complete = 0;
};

void exercise(const Move& move, std::uint64_t seed, Tally& tally) {
  const Instance instance = random_instance(move_shape(seed), seed);
  const Market market(instance);
  const std::vector<double> worth = stand_alone_costs(market);
  Workbench bench(market, worth, Random(seed).split(30));
  State& state = bench.state();
  bench.refill(0.05, kEndless);
  bench.prune();
  State::Snapshot before;
  state.save(before);
  const std::string name = std::string(move.name) + ", seed " + std::to_string(seed) + ": " +
                           to_string(move_shape(seed));
  const std::span<const double> penalty = bench.penalty();
  ASSERT_TRUE(is_sound(instance, penalty, state)) << name;
  for (int round = 0; round < 6; ++round) {
    bench.bar(std::nullopt);
    bench.bar_pool(std::nullopt);
    if (!move.make(bench)) {
      state.restore(before);
      ASSERT_EQ(state.cost(), before.cost()) << name;
      ASSERT_TRUE(is_sound(instance, penalty, state)) << name;
      continue;
    }
    ++tally.made;
    ASSERT_TRUE(is_sound(instance, penalty, state)) << name << " (before refill)";
    const double cutoff = round % 2 == 0 ? kEndless : 1.2 * before.cost();
    const bool filled = bench.refill(0.1, cutoff);
    ASSERT_TRUE(is_sound(instance, penalty, state)) << name << " (after refill)";
    EXPECT_TRUE(!filled || state.complete()) << name;
    const double unpruned = state.cost();
    const bool complete = state.complete();
    bench.prune();
    ASSERT_TRUE(is_sound(instance, penalty, state)) << name << " (after prune)";
    EXPECT_LE(state.cost(), unpruned + 1e-9) << name;
    EXPECT_TRUE(!complete || state.complete()) << name;
    tally.complete += state.complete() ? 1 : 0;
    ASSERT_TRUE(state.refresh()) << name;
    ASSERT_TRUE(is_sound(instance, penalty, state)) << name << " (after refresh)";
    if (round % 3 == 2) {
      state.save(before);
    } else {
      state.restore(before);
    }
  }
}

class AdaptiveMove : public ::testing::TestWithParam<std::size_t> {};

TEST_P(AdaptiveMove, LeavesAStateThatAddsUp) {
  const Move& move = moves()[GetParam()];
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 120; ++seed) exercise(move, seed, tally);
  EXPECT_GT(tally.made, 60) << move.name;
  EXPECT_GT(tally.complete, 40) << move.name;
}

INSTANTIATE_TEST_SUITE_P(All, AdaptiveMove, ::testing::Range(std::size_t{0}, moves().size()),
                         [](const auto& entry) {
                           std::string name;
                           for (const char c : moves()[entry.param].name) {
                             if (c != '-') name += c;
                           }
                           return name;
                         });

TEST(AdaptiveMoves, HaveNamesAndWeights) {
  for (const Move& move : moves()) {
    EXPECT_FALSE(move.name.empty());
    EXPECT_GT(move.weight, 0.0) << move.name;
    for (const Move& other : moves()) EXPECT_TRUE(&move == &other || move.name != other.name);
  }
}

TEST(AdaptiveMoves, AreDrawnOnlyWhereTheyHaveSomethingToDo) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0);
  const OptionId option = builder.add_option(pool, 1);
  for (int i = 0; i < 3; ++i) builder.add_pair(builder.add_class(), option, 1.5);
  const Instance singles = builder.build();
  const Market market(singles);
  ASSERT_FALSE(market.boxes);
  const std::vector<double> worth = stand_alone_costs(market);
  Market boxes = market;
  boxes.boxes = true;
  int idle = 0;
  for (const Move& move : moves()) {
    EXPECT_EQ(weight_in(boxes, move, true), move.weight) << move.name;
    EXPECT_EQ(weight_in(boxes, move, false), move.consolidates ? 0.0 : move.weight) << move.name;
    if (weight_in(market, move, true) > 0.0) continue;
    ++idle;
    Workbench bench(market, worth, Random(1));
    bench.refill(0.05, kEndless);
    EXPECT_FALSE(move.make(bench)) << move.name;
  }
  EXPECT_EQ(idle, 2) << "consolidate-boxes and change-pool";
}

/// Two pools of boxes; each has an option that serves the only class.
InstanceBuilder two_pools() {
  InstanceBuilder builder;
  const ClassId chat = builder.add_class();
  for (const double price : {8.0, 9.0}) {
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, price, 8);
    builder.add_pair(chat, builder.add_option(pool, 1), 2.5);
  }
  return builder;
}

TEST(AdaptiveMoves, ChangePoolMovesEverythingToAnotherPool) {
  const Instance instance = two_pools().build();
  const Market market(instance);
  const std::vector<double> worth = stand_alone_costs(market);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    for (const std::size_t from : {0U, 1U}) {
      Workbench bench(market, worth, Random(seed));
      bench.set_smoothing(0.1);  // else what refill opened beyond need may stay in its box
      ASSERT_TRUE(bench.add(from, 3));
      if (!change_pool(bench))
        continue;  // it drew an option of the same pool again, and none is left
      ASSERT_TRUE(bench.refill(0.1, kEndless)) << seed;
      bench.prune();
      EXPECT_EQ(bench.state().replicas(from), 0) << seed;
      EXPECT_EQ(bench.state().replicas(1 - from), 3) << seed;
    }
  }
}

/// An idle replica in a box that stays costs nothing, but its GPUs are of use to others.
TEST(AdaptiveWorkbench, PruneFreesGpusInsideABoxIfTheyCount) {
  const Instance instance = two_pools().build();
  const Market market(instance);
  const std::vector<double> worth = stand_alone_costs(market);
  for (const double smoothing : {0.0, 0.1}) {
    Workbench bench(market, worth, Random(1));
    bench.set_smoothing(smoothing);
    ASSERT_TRUE(bench.add(0, 5));
    EXPECT_NEAR(bench.guide(), 8.0 + smoothing * 5.0, 1e-9);
    bench.prune();
    EXPECT_EQ(bench.state().replicas(0), smoothing > 0.0 ? 3 : 5);
    EXPECT_TRUE(bench.state().complete());
    EXPECT_NEAR(bench.state().cost(), 8.0, 1e-9);
  }
}

TEST(AdaptiveAppraiser, SeesWhatTheEntriesAddUpTo) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    const Instance instance = random_instance(move_shape(seed), seed);
    const Market market(instance);
    Appraiser appraiser(market);
    Random random(seed);
    ClassPrices prices;
    prices.delay.assign(market.class_count(), 0.0);
    prices.error.assign(market.class_count(), 0.0);
    for (std::size_t i = 0; i < market.class_count(); ++i) {
      prices.demand.push_back(std::max(0.0, 10.0 * random.uniform() - 5.0));
    }
    appraiser.look(prices);
    std::vector<std::uint32_t> seen;
    for (std::uint32_t d = 0; d < market.option_count(); ++d) {
      Outline expected;
      for (const Entry& entry : market.entries_of(d)) {
        const double weight = prices.weight(entry);
        if (weight <= 0.0) continue;
        expected.total += weight;
        expected.load += entry.load;
        expected.surplus += std::max(0.0, weight - entry.load * market.unit_price[d]);
      }
      if (expected.total <= 0.0) continue;
      seen.push_back(d);
      EXPECT_NEAR(appraiser.outline(d).total, expected.total, 1e-9) << seed;
      EXPECT_NEAR(appraiser.outline(d).load, expected.load, 1e-9) << seed;
      EXPECT_NEAR(appraiser.outline(d).surplus, expected.surplus, 1e-9) << seed;
    }
    EXPECT_TRUE(
        std::equal(seen.begin(), seen.end(), appraiser.seen().begin(), appraiser.seen().end()))
        << seed;
  }
}

/// Whatever a move did, a step of the search ends in a sound state that is never worse at its best.
TEST(AdaptiveSearch, EveryStepKeepsTheBestStateSound) {
  for (std::uint64_t seed = 1; seed <= 80; ++seed) {
    const Instance instance = random_instance(move_shape(seed), seed);
    const Market market(instance);
    const std::vector<double> worth = stand_alone_costs(market);
    const Workbench charges(market, worth, Random(1));
    Search search(market, worth, Random(seed), {});
    bool complete = search.begin({}, 0.05);
    double best = search.best_cost();
    for (int step = 0; step < 60; ++step) {
      const bool better = search.step(0.3);
      if (complete) {
        ASSERT_TRUE(search.complete()) << seed;
        ASSERT_TRUE(better ? search.best_cost() < best : search.best_cost() == best) << seed;
      }
      complete = search.complete();
      best = search.best_cost();
      if (step % 20 != 19) continue;
      const State& state = search.best_state();
      ASSERT_EQ(state.cost(), best) << seed;
      ASSERT_EQ(state.complete(), complete) << seed;
      ASSERT_TRUE(is_sound(instance, charges.penalty(), state))
          << seed << ": " << to_string(move_shape(seed));
    }
  }
}

TEST(AdaptiveSearch, WithoutLocalSearchItTakesNoStep) {
  const Instance instance = random_instance(move_shape(4), 4);
  const Market market(instance);
  const std::vector<double> worth = stand_alone_costs(market);
  Search search(market, worth, Random(1), {false, true});
  search.begin({}, 0.05);
  const double cost = search.best_cost();
  for (int step = 0; step < 20; ++step) EXPECT_FALSE(search.step(1.0));
  EXPECT_EQ(search.best_cost(), cost);
}

}  // namespace
}  // namespace berth::adaptive
