// Every move on random instances with every feature: what it leaves, completed by refill and prune,
// is a state that adds up.

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/solve/adaptive/improve.h"
#include "berth/solve/adaptive/moves/move.h"
#include "berth/solve/adaptive/search.h"
#include "tests/solve/market_checks.h"
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
