// Migrations as numbers: what fits, what waits, what is lost.

#include "berth/plan/migration_order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

using ::testing::ElementsAre;

/// One class of 10/s on unit 0 (`before` replicas) moves to unit 1 (`after`), both of one GPU.
MigrationProblem one_class(int before, int after, std::optional<long long> gpus) {
  MigrationProblem problem;
  problem.units = {{0, 1, before, 0, {}}, {0, 1, 0, after, std::size_t{0}}};
  problem.classes = {{10.0, 10.0}};
  problem.flows = {{0, 0, 1.0, 0.0, static_cast<double>(before), 0.0},
                   {0, 1, 0.0, 1.0, 0.0, static_cast<double>(after)}};
  problem.pool_gpus = {gpus};
  return problem;
}

/// "+1x3" starts three of unit 1, "-0x2" stops two of unit 0, "r" routes; "!" where requests are
/// lost.
std::vector<std::string> words(const MigrationOrder& order) {
  std::vector<std::string> result;
  for (const OrderStep& step : order.steps) {
    std::string text = "r";
    if (step.kind != OrderStep::Kind::kRoute) {
      text = step.kind == OrderStep::Kind::kStart ? "+" : "-";
      text += std::to_string(step.unit) + "x" + std::to_string(step.replicas);
    }
    result.push_back(text + (step.lost.empty() ? "" : "!"));
  }
  return result;
}

/// Of the first class, after each change of its routes.
std::vector<double> rates(const MigrationOrder& order) {
  std::vector<double> result;
  for (const OrderStep& step : order.steps) {
    if (!step.routes.empty()) result.push_back(step.routes[0].rate);
  }
  return result;
}

TEST(MigrationOrders, AllAtOnceWhereBothFit) {
  const MigrationOrder free = order_migration(one_class(4, 3, std::nullopt));
  EXPECT_THAT(words(free), ElementsAre("+1x3", "r", "-0x4"));
  EXPECT_THAT(free.most_gpus, ElementsAre(7));
  EXPECT_EQ(words(order_migration(one_class(4, 3, 7))), words(free));
}

TEST(MigrationOrders, WavesWhereTheQuotaIsTight) {
  const MigrationOrder order = order_migration(one_class(4, 4, 6));
  EXPECT_TRUE(order.lossless());
  EXPECT_THAT(words(order), ElementsAre("+1x2", "r", "-0x2", "+1x2", "r", "-0x2"));
  EXPECT_THAT(order.most_gpus, ElementsAre(6));
  ASSERT_EQ(order.steps[1].routes.size(), 1U);
  EXPECT_NEAR(order.steps[1].routes[0].parts[0].share, 0.5, 1e-9);
  EXPECT_NEAR(order.steps[1].routes[0].parts[1].share, 0.5, 1e-9);
}

TEST(MigrationOrders, OneSpareGpuMovesOneReplicaAtATime) {
  const MigrationOrder order = order_migration(one_class(3, 3, 4));
  EXPECT_TRUE(order.lossless());
  EXPECT_THAT(words(order),
              ElementsAre("+1x1", "r", "-0x1", "+1x1", "r", "-0x1", "+1x1", "r", "-0x1"));
}

TEST(MigrationOrders, WhatIsIdleMakesTheRoom) {
  MigrationProblem problem = one_class(4, 3, 4);
  problem.flows[0].load_before = 2.9;  // three would do
  problem.flows[1].load_after = 2.9;
  const MigrationOrder order = order_migration(problem);
  EXPECT_TRUE(order.lossless());
  EXPECT_EQ(words(order).front(), "-0x1");
}

TEST(MigrationOrders, NoSpareGpuAndNoSlackLosesAsLittleAsItCan) {
  const MigrationOrder order = order_migration(one_class(4, 4, 4));
  EXPECT_FALSE(order.lossless());
  EXPECT_NEAR(order.lost, 2.5, 1e-3);  // one replica of four, not all
  EXPECT_THAT(words(order), ElementsAre("-0x1!", "+1x1!", "r", "-0x1!", "+1x1!", "r", "-0x1!",
                                        "+1x1!", "r", "-0x1!", "+1x1!", "r"));
  ASSERT_EQ(order.steps[0].lost.size(), 1U);
  EXPECT_NEAR(order.steps[0].lost[0].share, 0.25, 1e-6);
  EXPECT_THAT(order.most_gpus, ElementsAre(4));
}

TEST(MigrationOrders, ASingleReplicaInAFullPoolIsLostWhole) {
  const MigrationOrder order = order_migration(one_class(1, 1, 1));
  EXPECT_FALSE(order.lossless());
  EXPECT_THAT(words(order), ElementsAre("-0x1!", "+1x1!", "r"));
  EXPECT_NEAR(order.steps[0].lost[0].share, 1.0, 1e-9);
}

TEST(MigrationOrders, AChainGoesFromItsFreeEnd) {
  // Class 0 goes from unit 0 to 1, class 1 from 2 to 3; each pair's new unit needs what the other
  // pair's old one gives back, so that only one order fits.
  MigrationProblem problem;
  problem.units = {{0, 4, 1, 0, {}}, {0, 2, 0, 1, {}}, {0, 2, 1, 0, {}}, {0, 4, 0, 1, {}}};
  problem.classes = {{1.0, 1.0}, {1.0, 1.0}};
  problem.flows = {{0, 0, 1.0, 0.0, 1.0, 0.0},
                   {0, 1, 0.0, 1.0, 0.0, 1.0},
                   {1, 2, 1.0, 0.0, 1.0, 0.0},
                   {1, 3, 0.0, 1.0, 0.0, 1.0}};
  problem.pool_gpus = {8};
  const MigrationOrder order = order_migration(problem);
  EXPECT_TRUE(order.lossless());
  EXPECT_THAT(words(order), ElementsAre("+1x1", "r", "-0x1", "+3x1", "r", "-2x1"));
  EXPECT_THAT(order.most_gpus, ElementsAre(8));
}

TEST(MigrationOrders, PoolsWithRoomDoNotWait) {
  MigrationProblem problem = one_class(2, 2, 3);
  problem.units.push_back({1, 1, 1, 3, {}});
  problem.pool_gpus.push_back(std::nullopt);
  const std::vector<std::string> steps = words(order_migration(problem));
  EXPECT_EQ(steps[0], "+1x1");
  EXPECT_EQ(steps[1], "+2x2");
}

TEST(MigrationOrders, GrowthHasItsRateAsSoonAsAnyOfItMovesWhereThatFits) {
  MigrationProblem problem = one_class(2, 4, 5);
  problem.classes = {{10.0, 20.0}};
  const MigrationOrder early = order_migration(problem);
  EXPECT_TRUE(early.lossless());
  EXPECT_EQ(rates(early).front(), 20.0);
  // Where half of it at the new rate is more than the old replicas carry, it grows last.
  problem = one_class(3, 4, 5);
  problem.classes = {{10.0, 20.0}};
  const MigrationOrder late = order_migration(problem);
  EXPECT_TRUE(late.lossless());
  ASSERT_GT(rates(late).size(), 1U);
  EXPECT_EQ(rates(late).front(), 10.0);
  EXPECT_EQ(rates(late).back(), 20.0);
}

TEST(MigrationOrders, NothingToRouteStopsFirstWhereThereIsNoRoom) {
  MigrationProblem problem;
  problem.units = {{0, 1, 3, 1, {}}, {0, 1, 1, 3, {}}};
  problem.pool_gpus = {4};
  EXPECT_THAT(words(order_migration(problem)), ElementsAre("-0x2", "+1x2"));
  problem.pool_gpus = {6};
  EXPECT_THAT(words(order_migration(problem)), ElementsAre("+1x2", "-0x2"));
}

TEST(MigrationOrders, NothingAtAll) {
  EXPECT_TRUE(order_migration(MigrationProblem{}).steps.empty());
}

}  // namespace
}  // namespace berth
