#include "berth/solve/rental.h"

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/support/instance_builder.h"

namespace berth {
namespace {

using testing::InstanceBuilder;

constexpr std::int64_t kUsd = 1'000'000;

TEST(PoolRental, RoundsUpToWholeBoxes) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 16.0, 8);
  const Instance instance = builder.build();
  PoolRental rental(instance, pool);
  EXPECT_EQ(rental.cost(0), 0);
  EXPECT_EQ(rental.cost(1), 16 * kUsd);
  EXPECT_EQ(rental.cost(8), 16 * kUsd);
  EXPECT_EQ(rental.cost(9), 32 * kUsd);
  EXPECT_DOUBLE_EQ(rental.cheapest_per_gpu(), 2.0 * kUsd);
}

TEST(PoolRental, MixesOffersWhereThatIsCheaper) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 3.0, 1);     // on-demand, one by one
  builder.add_offer(pool, 16.0, 8);    // a box
  builder.add_offer(pool, 1.0, 1, 2);  // spot, two at most
  const Instance instance = builder.build();
  PoolRental rental(instance, pool);
  EXPECT_EQ(rental.cost(2), 2 * kUsd);
  EXPECT_EQ(rental.cost(3), 5 * kUsd);    // two spot, one on-demand
  EXPECT_EQ(rental.cost(6), 14 * kUsd);   // two spot, four on-demand
  EXPECT_EQ(rental.cost(7), 16 * kUsd);   // a box instead
  EXPECT_EQ(rental.cost(10), 18 * kUsd);  // a box and two spot
  std::vector<std::int32_t> boxes(3, -1);
  rental.choose(10, boxes);
  EXPECT_EQ(boxes, (std::vector<std::int32_t>{0, 1, 2}));
}

TEST(PoolRental, KnowsWhatCanBeHad) {
  InstanceBuilder builder;
  const PoolId capped = builder.add_pool();
  const PoolId empty = builder.add_pool();
  builder.add_offer(capped, 1.0, 4, 2);
  builder.add_offer(capped, 1.0, 1, 3);
  const Instance instance = builder.build();
  EXPECT_EQ(PoolRental(instance, capped).obtainable(), 11);
  EXPECT_EQ(PoolRental(instance, empty).obtainable(), 0);
}

/// The least cost of at least `gpus` GPUs by trying all counts.
std::int64_t try_all(const InstanceColumns::Offers& offers, std::size_t at, std::int64_t gpus) {
  if (gpus <= 0) return 0;
  constexpr std::int64_t kNever = INT64_MAX / 4;
  if (at == offers.name.size()) return kNever;
  const std::int64_t lot = offers.lot[at];
  const std::int64_t most = std::min<std::int64_t>(offers.max[at], (gpus + lot - 1) / lot);
  std::int64_t best = kNever;
  for (std::int64_t n = 0; n <= most; ++n) {
    best = std::min(best, n * offers.cost[at].micros() + try_all(offers, at + 1, gpus - n * lot));
  }
  return best;
}

// Both ways to solve it (one table; query by query beyond it, here from the first GPU on) agree
// with trying everything, and the chosen boxes cost what was said.
TEST(PoolRental, IsExactOnRandomOffers) {
  Random random(7);
  for (int trial = 0; trial < 150; ++trial) {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    const std::uint64_t offers = 1 + random.below(3);
    for (std::uint64_t o = 0; o < offers; ++o) {
      const auto lot = static_cast<std::int32_t>(1 + random.below(8));
      const auto max =
          random.below(2) == 0 ? kUnlimited : static_cast<std::int32_t>(random.below(9));
      const double price = std::round(100.0 * lot * (1.0 + random.uniform())) * 0.01;
      builder.add_offer(pool, price, lot, max);
    }
    const Instance instance = builder.build();
    const auto& columns = instance.columns().offers;
    PoolRental table(instance, pool);
    PoolRental single(instance, pool, 0);
    const std::int64_t most = std::min<std::int64_t>(90, table.obtainable());
    for (std::int64_t gpus = 0; gpus <= most; gpus += 1 + trial % 3) {
      const std::int64_t expected = try_all(columns, 0, gpus);
      ASSERT_EQ(table.cost(gpus), expected) << "trial " << trial << ", " << gpus << " GPUs";
      ASSERT_EQ(single.cost(gpus), expected) << "trial " << trial << ", " << gpus << " GPUs";
      for (const PoolRental* rental : {&table, &single}) {
        std::vector<std::int32_t> boxes(columns.name.size(), 0);
        rental->choose(gpus, boxes);
        std::int64_t held = 0;
        std::int64_t paid = 0;
        for (std::size_t o = 0; o < boxes.size(); ++o) {
          ASSERT_LE(boxes[o], columns.max[o]);
          held += std::int64_t{boxes[o]} * columns.lot[o];
          paid += boxes[o] * columns.cost[o].micros();
        }
        ASSERT_GE(held, gpus);
        ASSERT_EQ(paid, expected);
      }
    }
  }
}

TEST(PoolRental, AnswersForAMillionGpus) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 500'000);
  builder.add_offer(pool, 16.0, 8);
  const Instance instance = builder.build();
  PoolRental rental(instance, pool);
  EXPECT_EQ(rental.cost(1'000'000), (500'000 + 62'500 * 16) * kUsd);
}

}  // namespace
}  // namespace berth
