// A plan while it is searched: every price is the change of the exact cost, every limit is kept.

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/plan/price.h"
#include "berth/solve/adaptive/finish.h"
#include "berth/solve/adaptive/part.h"
#include "berth/solve/adaptive/state.h"
#include "tests/solve/market_checks.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth::adaptive {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

std::vector<std::int32_t> replicas_of(const State& state) {
  std::vector<std::int32_t> result;
  for (std::size_t d = 0; d < state.market().option_count(); ++d) {
    result.push_back(state.replicas(d));
  }
  return result;
}

std::string name_of(std::uint64_t seed, int step) {
  return "seed " + std::to_string(seed) + ", step " + std::to_string(step) + ": " +
         to_string(random_shape(seed, true));
}

TEST(AdaptiveState, PriceIsTheChangeOfTheExactCostOrALimitForbidsIt) {
  int changed = 0;
  int forbidden = 0;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    const Instance instance = random_instance(random_shape(seed, true), seed);
    const Market market(instance);
    const std::vector<double> penalty = high_penalties(market);
    State state(market, penalty);
    Random random = Random(seed).split(20);
    for (int step = 0; step < 30; ++step) {
      const std::size_t d = random.below(market.option_count());
      constexpr std::int32_t kChanges[] = {-2, -1, 1, 1, 2, 3};
      const std::int32_t more = kChanges[random.below(std::size(kChanges))];
      std::vector<std::int32_t> replicas = replicas_of(state);
      const std::int64_t before = committed_cost(instance, replicas).value();
      replicas[d] += more;
      const std::optional<std::int64_t> after = committed_cost(instance, replicas);
      const std::int64_t price = state.price(d, more);
      ASSERT_EQ(price == State::kNever, !after) << name_of(seed, step);
      if (!after) {
        ++forbidden;
        continue;
      }
      ASSERT_EQ(price, *after - before) << name_of(seed, step);
      ASSERT_TRUE(state.change(d, more)) << name_of(seed, step);
      ASSERT_EQ(replicas_of(state), replicas);
      ASSERT_TRUE(is_sound(instance, penalty, state)) << name_of(seed, step);
      ASSERT_EQ(state.cost(), state.committed() + state.routing().cost());
      ++changed;
    }
  }
  EXPECT_GT(changed, 1000);
  EXPECT_GT(forbidden, 1000);
}

TEST(AdaptiveState, RestoresToTheLastBit) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Instance instance = random_instance(random_shape(seed, true), seed);
    const Market market(instance);
    const std::vector<double> penalty = high_penalties(market);
    State state(market, penalty);
    Random random = Random(seed).split(21);
    const auto wander = [&](int steps) {
      for (int step = 0; step < steps; ++step) {
        const std::size_t d = random.below(market.option_count());
        const auto more = static_cast<std::int32_t>(random.below(5)) - 2;
        if (state.price(d, more) == State::kNever) continue;
        ASSERT_TRUE(state.change(d, more));
      }
    };
    wander(10);
    State::Snapshot saved;
    state.save(saved);
    const double cost = state.cost();
    const std::vector<std::int32_t> replicas = replicas_of(state);
    std::vector<std::int64_t> prices;
    for (std::size_t d = 0; d < market.option_count(); ++d) prices.push_back(state.price(d, 1));
    wander(20);
    ASSERT_TRUE(seed % 2 == 1 || state.refresh()) << seed;
    state.restore(saved);
    EXPECT_EQ(state.cost(), cost) << seed;
    EXPECT_EQ(saved.cost(), cost) << seed;
    EXPECT_EQ(replicas_of(state), replicas) << seed;
    for (std::size_t d = 0; d < market.option_count(); ++d) {
      EXPECT_EQ(state.price(d, 1), prices[d]) << seed;
    }
    EXPECT_TRUE(is_sound(instance, penalty, state)) << seed;
  }
}

/// The plan of a complete state costs what the state says: to the micro-dollar what is rented, but
/// for rounding what is routed.
TEST(AdaptiveState, CostsWhatItsPlanCosts) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    const Instance instance = random_instance(random_shape(seed, false), seed);
    const Market market(instance);
    const std::vector<double> penalty = high_penalties(market);
    std::vector<std::uint32_t> all;
    for (std::uint32_t i = 0; i < market.class_count(); ++i) all.push_back(i);
    const std::vector<std::int32_t> owner(market.option_count(), 0);
    Assignment assignment(market);
    const Part part = Cutter(market, penalty).cut(assignment, all, owner, 0, market.option_count());
    State state(part.market, part.worth);
    Random random = Random(seed).split(22);
    for (int step = 0; step < 60 && !state.complete(); ++step) {
      const std::size_t d = random.below(part.market.option_count());
      if (state.price(d, 1) == State::kNever) continue;
      ASSERT_TRUE(state.change(d, 1));
    }
    if (!state.complete()) continue;
    put_back(part, state, market, assignment);
    const std::optional<Solution> plan = finished(instance, market, assignment);
    ASSERT_TRUE(plan.has_value()) << seed;
    EXPECT_TRUE(passes_check(instance, *plan)) << seed;
    const Cost cost = price(instance, *plan);
    const double routed = cost.delay.usd() + cost.unmet.usd();
    EXPECT_NEAR(routed, state.routing().cost(), 1e-5) << seed;
    const std::int64_t committed = (cost.rental + cost.fixed).micros();
    const std::int64_t claimed = std::llround(1e6 * state.committed());
    if (plan->replicas != assignment.replicas) {
      EXPECT_LE(committed, claimed) << seed;  // idle replicas go back
    } else {
      EXPECT_EQ(committed, claimed) << seed;
      ++compared;
    }
  }
  EXPECT_GT(compared, 30);
}

TEST(AdaptiveState, TheBaseOfAPartIsPaidForAndItsFreeCapacityIsUsed) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0);
  const OptionId option = builder.add_option(pool, 1, {0.5, kUnlimited, kNoGroup});
  builder.add_pair(builder.add_class(), option, 0.75);
  const Instance instance = builder.build();
  Market market(instance);
  market.base_replicas[0] = 2;
  market.base_capacity[0] = 0.25;
  market.base_gpus[0] = 2;
  const std::vector<double> penalty = {30.0};
  State state(market, penalty);
  EXPECT_DOUBLE_EQ(state.committed(), 4.0);  // the fixed cost is paid by who keeps it active
  EXPECT_NEAR(state.routing().uncarried(), 2.0 / 3.0, 1e-9);
  EXPECT_EQ(state.price(0, 1), 2'000'000);  // active already
  EXPECT_EQ(state.price(0, -1), State::kNever);
  ASSERT_TRUE(state.change(0, 1));
  EXPECT_TRUE(state.complete());
  EXPECT_DOUBLE_EQ(state.cost(), 6.0);
}

TEST(AdaptiveState, ACutoffIsNeverBelowTheCostItRefuses) {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Instance instance = random_instance(random_shape(seed, false), seed);
    const Market market(instance);
    const std::vector<double> penalty = high_penalties(market);
    State state(market, penalty);
    for (std::size_t d = 0; d < market.option_count(); ++d) {
      if (state.price(d, 2) == State::kNever) continue;
      ASSERT_TRUE(state.change(d, 2));
    }
    State::Snapshot saved;
    state.save(saved);
    for (const std::uint32_t d : state.open()) {
      const double cutoff = state.routing().cost() + 0.5;
      const bool fits = state.change(d, -2, cutoff);
      state.restore(saved);
      ASSERT_TRUE(state.change(d, -2));
      EXPECT_TRUE(fits || state.routing().cost() > cutoff - 1e-6) << seed;
      refused += fits ? 0 : 1;
      state.restore(saved);
    }
  }
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace berth::adaptive
