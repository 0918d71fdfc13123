// The parts of the bound, each against the plainest way to the same answer.

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/core/tolerance.h"
#include "berth/solve/bound/filling.h"
#include "berth/solve/bound/pool_choice.h"
#include "berth/solve/bound/pool_costs.h"
#include "berth/solve/bound/rounding.h"
#include "berth/solve/bound/screen.h"
#include "berth/solve/rental.h"
#include "tests/support/instance_builder.h"

namespace berth::bound {
namespace {

using testing::InstanceBuilder;

TEST(BoundScreen, TheSameBitsOnEveryPath) {
  Random random(7);
  for (int round = 0; round < 200; ++round) {
    const std::size_t count = kLanes * random.below(40);
    std::vector<float> load(count);
    std::vector<float> extra(count);
    std::vector<float> price(100);
    std::vector<std::uint16_t> narrow(count);
    std::vector<std::uint32_t> wide(count);
    for (float& p : price) p = static_cast<float>(10.0 * random.uniform());
    for (std::size_t k = 0; k < count; ++k) {
      load[k] = static_cast<float>(std::exp(4.0 * random.normal()));
      extra[k] = static_cast<float>(random.normal());
      narrow[k] = static_cast<std::uint16_t>(random.below(price.size()));
      wide[k] = narrow[k];
    }
    const auto density = static_cast<float>(random.uniform());
    for (const float* some :
         {static_cast<const float*>(nullptr), static_cast<const float*>(extra.data())}) {
      const ScreenTerms terms{load.data(), some, count};
      const float expected = screen_sum_portable(terms, narrow.data(), price.data(), density);
      EXPECT_EQ(screen_sum(terms, narrow.data(), price.data(), density), expected) << screen_path();
      EXPECT_EQ(screen_sum(terms, wide.data(), price.data(), density), expected);
      EXPECT_EQ(screen_sum_portable(terms, wide.data(), price.data(), density), expected);
    }
  }
}

/// Greedy by density, sorted.
double plain_worth(const std::vector<double>& worth, const std::vector<double>& load,
                   double capacity) {
  std::vector<std::size_t> order(worth.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return worth[a] / load[a] > worth[b] / load[b]; });
  double sum = 0.0;
  for (const std::size_t k : order) {
    if (worth[k] <= 0.0) break;
    const double share = std::min(1.0, capacity / load[k]);
    sum += share * worth[k];
    capacity -= share * load[k];
    if (share < 1.0) break;
  }
  return sum;
}

TEST(BoundFilling, BestCountAndPartsAgainstTryingAllCounts) {
  Random random(11);
  Filling filling;
  for (int round = 0; round < 500; ++round) {
    const std::size_t classes = 1 + random.below(60);
    std::vector<double> worth(classes);
    std::vector<double> load(classes);
    for (std::size_t k = 0; k < classes; ++k) {
      worth[k] = random.uniform() < 0.2 ? 1.0 : 3.0 * random.uniform() - 0.5;  // some alike
      load[k] = random.uniform() < 0.2 ? 0.5 : std::exp(random.normal() - 1.0);
    }
    OptionTerms terms{worth, load, 2.0 * random.uniform(), random.uniform(),
                      random.uniform() < 0.3 ? 2.0 : 1e6};
    const auto profit = [&](double replicas) {
      return plain_worth(worth, load, replicas + tolerance::kLoad) - terms.replica_cost * replicas -
             terms.opening;
    };
    double expected = profit(1.0);
    for (double y = 2.0; y <= std::min(terms.most_replicas, 200.0); y += 1.0) {
      expected = std::max(expected, profit(y));
    }
    const Count best = filling.best(terms);
    EXPECT_NEAR(best.profit, expected, 1e-9);
    EXPECT_NEAR(profit(best.replicas), expected, 1e-9);
    EXPECT_LE(filling.density(), terms.replica_cost);

    std::vector<Part> parts;
    const double total = filling.parts(terms, best.replicas, parts);
    double sum = 0.0;
    double used = 0.0;
    for (const Part& part : parts) {
      EXPECT_GT(part.share, 0.0);
      EXPECT_LE(part.share, 1.0);
      sum += part.share * worth[part.pair];
      used += part.share * load[part.pair];
    }
    EXPECT_NEAR(sum, total, 1e-9);
    EXPECT_LE(used, best.replicas + tolerance::kLoad + 1e-9);

    std::vector<Count> counts;
    filling.counts(terms, best, best.profit - 1.0, 50.0, counts);
    ASSERT_FALSE(counts.empty());
    for (const Count& count : counts) EXPECT_NEAR(count.profit, profit(count.replicas), 1e-9);
  }
}

TEST(BoundPoolCosts, AreTheCheapestBoxes) {
  Random random(5);
  int whole = 0;
  for (int round = 0; round < 300; ++round) {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    const std::size_t offers = 1 + random.below(3);
    for (std::size_t o = 0; o < offers; ++o) {
      constexpr std::int32_t kLots[] = {1, 2, 3, 4, 8};
      const std::int32_t lot = kLots[random.below(5)];
      const double price = std::round(100.0 * lot * (0.5 + random.uniform())) / 100.0;
      const bool endless = random.uniform() < 0.5;
      builder.add_offer(pool, price, lot,
                        endless ? kUnlimited : static_cast<std::int32_t>(random.below(5)));
    }
    const Instance instance = builder.build();
    const PoolCosts costs(instance, pool, Treatment::kWhole);
    PoolRental rental(instance, pool);
    if (costs.kind() == PoolKind::kLinear) {
      EXPECT_NEAR(costs.per_gpu() * 37.0, static_cast<double>(rental.cost(37)) * 1e-6, 1e-9);
      continue;
    }
    ASSERT_EQ(costs.kind(), PoolKind::kWhole);
    ++whole;
    for (std::int64_t g = 0; g <= std::min<std::int64_t>(rental.obtainable(), 150); ++g) {
      ASSERT_NE(costs.next(0, g), PoolCosts::kNoState);
      EXPECT_NEAR(costs.cost(g), static_cast<double>(rental.cost(g)) * 1e-6, 1e-9) << g;
    }
    if (rental.obtainable() < 150) {
      EXPECT_EQ(costs.next(0, rental.obtainable() + 1), PoolCosts::kNoState);
    }
  }
  EXPECT_GT(whole, 150);
}

TEST(BoundPoolChoice, AgainstTryingEverything) {
  Random random(9);
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 5.0, 8);
  builder.add_offer(pool, 0.9, 1, 2);
  const Instance instance = builder.build();
  const PoolCosts costs(instance, pool, Treatment::kWhole);
  for (int round = 0; round < 200; ++round) {
    std::vector<Stage> stages(3);
    for (Stage& stage : stages) {
      stage.forced = random.uniform() < 0.2;
      for (std::size_t c = 0; c <= random.below(3); ++c) {
        const auto gpus = static_cast<std::int64_t>(1 + random.below(12));
        stage.choices.push_back({0, 1.0, gpus, 2.0 * random.uniform() - 1.0});
      }
    }
    double expected = -1e300;
    const auto count = [&](std::size_t n) { return stages[n].choices.size() + 1; };
    for (std::size_t code = 0; code < count(0) * count(1) * count(2); ++code) {
      std::size_t rest = code;
      double value = 0.0;
      std::int64_t gpus = 0;
      bool allowed = true;
      for (std::size_t n = 0; n < 3; ++n) {
        const std::size_t c = rest % count(n);
        rest /= count(n);
        if (c == 0) {
          allowed = allowed && !stages[n].forced;
          continue;
        }
        value += stages[n].choices[c - 1].profit;
        gpus += stages[n].choices[c - 1].gpus;
      }
      value -= 1.5 * (costs.cost(gpus) - costs.per_gpu() * static_cast<double>(gpus));
      if (allowed) expected = std::max(expected, value);
    }
    EXPECT_NEAR(pick(costs, 1.5, stages).value, expected, 1e-9);
  }
}

TEST(BoundRounding, ToTheStepOfCosts) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 0.35);
  builder.add_offer(pool, 0.21, 1, 3);
  builder.add_offer(pool, 0.123457, 1, 0);  // none to be had
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1, {1.4, kUnlimited, kNoGroup}),
                   1.0);
  EXPECT_EQ(cost_step(builder.build()), 70'000);
  EXPECT_DOUBLE_EQ(rounded_up(0.35, 70'000), 0.35);
  EXPECT_DOUBLE_EQ(rounded_up(0.3500000001, 70'000), 0.42);
  EXPECT_DOUBLE_EQ(rounded_up(0.36, 1), 0.36);
  EXPECT_EQ(rounded_up(-1.0, 1), 0.0);
  EXPECT_EQ(rounded_up(5.0, 0), 0.0);
  // 4.03 * 1e6 is a little above 4,030,000: a bound must not rise by being rounded twice.
  for (std::int64_t cents = 1; cents < 100'000; ++cents) {
    const double bound = rounded_up(static_cast<double>(cents) * 0.01, 10'000);
    ASSERT_LE(bound, (static_cast<double>(cents) + 0.5) * 0.01) << cents;
    ASSERT_EQ(rounded_up(bound, 10'000), bound) << cents;
  }
  EXPECT_EQ(rounded_up(1e12, 7), 1e12);

  testing::ClassLimits limits;
  limits.unmet_cost = 1.0;
  limits.max_unmet = 0.5;
  builder.add_class(limits);
  EXPECT_EQ(cost_step(builder.build()), 1);
}

}  // namespace
}  // namespace berth::bound
