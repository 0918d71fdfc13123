// The routing program of AGH against the textbook method, and against its own prices.

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/solve/adaptive/routing.h"
#include "tests/solve/market_checks.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth::adaptive {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

constexpr double kEndless = std::numeric_limits<double>::infinity();

RandomShape small_shape(std::uint64_t seed) {
  RandomShape shape = random_shape(seed, false);
  shape.average_delay |= seed % 4 == 0;
  shape.average_error |= seed % 5 == 0;
  shape.unmet |= seed % 3 == 0;
  return shape;
}

std::vector<double> random_penalties(const Market& market, Random& random) {
  std::vector<double> result = high_penalties(market);
  // Some so low that carrying the class does not pay everywhere.
  for (double& penalty : result) penalty *= 0.05 + random.uniform();
  return result;
}

/// What the routing should have room for.
double random_capacity(Random& random) {
  constexpr double kCapacities[] = {0.0, 0.0, 1.0, 1.0, 2.0, 3.0, 0.37, 1.5};
  return kCapacities[random.below(std::size(kCapacities))];
}

TEST(AdaptiveRouting, IsTheTextbookOptimumAfterEveryChange) {
  int compared = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const Instance instance = random_instance(small_shape(seed), seed);
    const Market market(instance);
    Random random = Random(seed).split(9);
    const std::vector<double> penalty = random_penalties(market, random);
    Routing routing(market, penalty);
    std::vector<double> capacity(market.option_count(), 0.0);
    Routing::Basis saved;
    routing.save(saved);
    std::vector<double> saved_capacity = capacity;
    for (int step = 0; step < 40; ++step) {
      const std::string name = "seed " + std::to_string(seed) + ", step " + std::to_string(step);
      const std::uint64_t kind = random.below(10);
      if (kind == 0) {
        ASSERT_TRUE(routing.refresh()) << name;
      } else if (kind == 1) {
        routing.save(saved);
        saved_capacity = capacity;
      } else if (kind == 2) {
        routing.restore(saved);
        capacity = saved_capacity;
      } else {
        const std::size_t d = random.below(market.option_count());
        capacity[d] = random_capacity(random);
        ASSERT_TRUE(routing.set_capacity(d, capacity[d], kEndless)) << name;
      }
      ASSERT_TRUE(is_best_routing(market, penalty, capacity, routing)) << name;
      if (step % 4 != 0) continue;
      const double best = best_routing_cost(market, penalty, capacity);
      ASSERT_NEAR(routing.cost(), best, 1e-6 * std::max(1.0, best)) << name;
      ++compared;
    }
  }
  EXPECT_GT(compared, 3000);
}

TEST(AdaptiveRouting, GivesUpOnlyAboveTheCutoff) {
  int gave_up = 0;
  int arrived = 0;
  for (std::uint64_t seed = 1; seed <= 2500; ++seed) {
    const Instance instance = random_instance(small_shape(seed), seed);
    const Market market(instance);
    Random random = Random(seed).split(10);
    const std::vector<double> penalty = random_penalties(market, random);
    Routing routing(market, penalty);
    std::vector<double> capacity(market.option_count(), 0.0);
    Routing::Basis before;
    for (int step = 0; step < 40; ++step) {
      const std::size_t d = random.below(market.option_count());
      const double old = capacity[d];
      capacity[d] = random_capacity(random);
      routing.save(before);
      const double cutoff = routing.cost() + (random.uniform() - 0.3) * 0.2 * routing.cost();
      if (routing.set_capacity(d, capacity[d], cutoff)) {
        ++arrived;
        continue;
      }
      const double best = best_routing_cost(market, penalty, capacity);
      EXPECT_GT(best, cutoff - 1e-6) << "seed " << seed << ", step " << step;
      ++gave_up;
      routing.restore(before);
      capacity[d] = old;
    }
  }
  EXPECT_GT(gave_up, 100);
  EXPECT_GT(arrived, 1000);
}

TEST(AdaptiveRouting, RestoresBitForBit) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const Instance instance = random_instance(small_shape(seed), seed);
    const Market market(instance);
    Random random = Random(seed).split(11);
    const std::vector<double> penalty = random_penalties(market, random);
    Routing routing(market, penalty);
    for (std::size_t d = 0; d < market.option_count(); d += 2) {
      ASSERT_TRUE(routing.set_capacity(d, 1.0, kEndless));
    }
    Routing::Basis saved;
    routing.save(saved);
    const auto prices = [&] {
      std::vector<double> result = {routing.cost(), routing.uncarried()};
      for (std::size_t i = 0; i < market.class_count(); ++i) {
        result.push_back(routing.demand_price(i));
      }
      for (std::size_t d = 0; d < market.option_count(); ++d) {
        result.push_back(routing.capacity_price(d));
      }
      routing.for_each_share([&](std::uint32_t e, double share) {
        result.push_back(e);
        result.push_back(share);
      });
      return result;
    };
    const std::vector<double> before = prices();
    for (int step = 0; step < 30; ++step) {
      ASSERT_TRUE(routing.set_capacity(random.below(market.option_count()), random_capacity(random),
                                       kEndless));
    }
    ASSERT_TRUE(seed % 2 == 0 || routing.refresh());
    routing.restore(saved);
    EXPECT_EQ(prices(), before) << "seed " << seed;
  }
}

/// Degenerate on purpose: loads of very different size, equal options, prices of zero.
Instance awkward_instance(std::uint64_t seed, double spread) {
  Random random = Random(seed).split(12);
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  std::vector<ClassId> classes;
  for (int i = 0; i < 5; ++i) {
    ClassLimits limits;
    limits.unmet_cost = random.below(3) == 0 ? 0.0 : 5.0;
    limits.max_unmet = 0.5 * static_cast<double>(random.below(3));
    if (random.below(4) == 0) limits.max_delay = 1.0;
    classes.push_back(builder.add_class(limits));
  }
  for (int d = 0; d < 8; ++d) {
    const OptionId option = builder.add_option(pool, 1);
    for (const ClassId i : classes) {
      if (random.below(3) == 0) continue;
      const double load = std::pow(10.0, spread * (2.0 * random.uniform() - 1.0));
      PairCosts costs;
      costs.delay = static_cast<double>(random.below(3));  // at the limit of 1, or beside it
      costs.cost = random.below(2) == 0 ? 0.0 : static_cast<double>(random.below(3));
      builder.add_pair(i, option, random.below(2) == 0 ? 1.0 : load, costs);
    }
  }
  return builder.build();
}

TEST(AdaptiveRouting, StandsDegenerateMarkets) {
  constexpr double kSpreads[] = {0.0, 2.0, 4.0, 6.0};
  int gave_up = 0;
  for (std::uint64_t seed = 1; seed <= 2000; ++seed) {
    const double spread = kSpreads[seed % 4];
    const Instance instance = awkward_instance(seed, spread);
    const Market market(instance);
    const std::vector<double> penalty(market.class_count(), 10.0);
    Random random = Random(seed).split(13);
    Routing routing(market, penalty);
    std::vector<double> capacity(market.option_count(), 0.0);
    Routing::Basis before;
    for (int step = 0; step < 40; ++step) {
      const std::size_t d = random.below(market.option_count());
      const double old = capacity[d];
      const double size = std::pow(10.0, std::floor(spread * random.uniform()));
      capacity[d] = random.below(3) == 0 ? 0.0 : size;
      routing.save(before);
      if (!routing.set_capacity(d, capacity[d], kEndless)) {
        ++gave_up;
        routing.restore(before);
        capacity[d] = old;
      }
      ASSERT_TRUE(is_best_routing(market, penalty, capacity, routing))
          << "seed " << seed << ", step " << step;
    }
  }
  // Twelve orders of magnitude on one option may be too many; what it answers is right.
  EXPECT_LE(gave_up, 2);
}

/// A class that keeps its unmet demand at its limit must not be pushed above it when the option
/// that carried the rest is gone.
TEST(AdaptiveRouting, UnmetDemandStaysWithinItsLimitWhenCapacityGoes) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const ClassId one = builder.add_class({1.0, 0.5, kNoLimit, kNoLimit});
  const ClassId two = builder.add_class({50.0, 0.25, kNoLimit, kNoLimit});
  const OptionId shared = builder.add_option(pool, 1);
  const OptionId costly = builder.add_option(pool, 1);
  builder.add_pair(one, shared, 1.0, {0.0, 0.0, 3.0});
  builder.add_pair(two, shared, 1.0, {0.0, 0.0, 0.5});
  builder.add_pair(two, costly, 1.0, {0.0, 0.0, 20.0});
  const Instance instance = builder.build();
  const Market market(instance);
  const std::vector<double> penalty = {40.0, 100.0};
  Routing routing(market, penalty);
  std::vector<double> capacity = {0.0, 0.0};
  for (const auto& [option, size] : std::vector<std::pair<std::size_t, double>>{
           {0, 2.0}, {1, 1.0}, {0, 1.5}, {0, 1.0}, {0, 0.5}, {0, 0.0}, {1, 0.5}, {0, 0.25}}) {
    capacity[option] = size;
    ASSERT_TRUE(routing.set_capacity(option, size, kEndless));
    EXPECT_TRUE(is_best_routing(market, penalty, capacity, routing)) << option << " with " << size;
  }
}

TEST(AdaptiveRouting, ManyChangesLeaveNoRounding) {
  RandomShape shape;
  shape.classes = 12;
  shape.pools = 4;
  shape.options = 24;
  shape.pair_costs = shape.unmet = shape.average_delay = true;
  const Instance instance = random_instance(shape, 3);
  const Market market(instance);
  const std::vector<double> penalty = high_penalties(market);
  Random random(4);
  Routing routing(market, penalty);
  std::vector<double> capacity(market.option_count(), 0.0);
  for (int step = 0; step < 5000; ++step) {
    const std::size_t d = random.below(market.option_count());
    capacity[d] = random_capacity(random);
    ASSERT_TRUE(routing.set_capacity(d, capacity[d], kEndless)) << step;
  }
  EXPECT_TRUE(is_best_routing(market, penalty, capacity, routing, 1e-8));
}

}  // namespace
}  // namespace berth::adaptive
