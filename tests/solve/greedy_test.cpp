// What GH does in small cases that can be followed by hand.

#include "berth/solve/greedy/greedy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"

namespace berth {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::InstanceBuilder;
using testing::passes_check;

CostRate usd(double value) { return CostRate::usd_per_hour(value); }

/// Solves, and insists that a plan passes the check.
SolveResult solved(const Instance& instance) {
  SolveResult result = solve_greedy(instance, {}, {});
  if (result.solution) {
    EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), std::nullopt}));
  }
  return result;
}

TEST(Greedy, SharesAReplicaBetweenClasses) {
  InstanceBuilder builder;
  const PoolId cheap = builder.add_pool();
  const PoolId dear = builder.add_pool();
  builder.add_offer(cheap, 1.0);
  builder.add_offer(dear, 2.5);
  const OptionId shared = builder.add_option(dear, 1);
  for (int i = 0; i < 3; ++i) {
    const ClassId query_class = builder.add_class();
    builder.add_pair(query_class, builder.add_option(cheap, 1), 0.9);  // one each: 3 USD/h
    builder.add_pair(query_class, shared, 0.33);                       // one for all: 2.5 USD/h
  }
  const SolveResult result = solved(builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kFeasible);
  EXPECT_EQ(result.cost.total(), usd(2.5));
}

TEST(Greedy, SpareGpusInARentedBoxAreFree) {
  InstanceBuilder builder;
  const PoolId boxed = builder.add_pool();
  const PoolId single = builder.add_pool();
  builder.add_offer(boxed, 20.0, 8);
  builder.add_offer(single, 1.0);
  const OptionId large = builder.add_option(boxed, 6);
  const OptionId spare = builder.add_option(boxed, 2);
  const OptionId alone = builder.add_option(single, 1);
  const ClassId heavy = builder.add_class();
  const ClassId light = builder.add_class();
  builder.add_pair(heavy, large, 1.0);
  builder.add_pair(light, spare, 1.0);
  builder.add_pair(light, alone, 1.0);
  const SolveResult result = solved(builder.build());
  EXPECT_EQ(result.cost.total(), usd(20.0));
  EXPECT_THAT(result.solution->replicas, ElementsAre(1, 1, 0));
}

TEST(Greedy, TwoReplicasGiveWayToADearerOneThatServesAll) {
  InstanceBuilder builder;
  const PoolId cheap = builder.add_pool();
  const PoolId dear = builder.add_pool();
  builder.add_offer(cheap, 2.34);
  builder.add_offer(dear, 3.82);
  const OptionId half = builder.add_option(cheap, 1);
  const OptionId whole = builder.add_option(dear, 1);
  for (int i = 0; i < 6; ++i) {
    const ClassId query_class = builder.add_class();
    builder.add_pair(query_class, half, 0.25);  // cheaper by the GPU, but four fit: 4.68 USD/h
    builder.add_pair(query_class, whole, 0.165);
  }
  EXPECT_EQ(solved(builder.build()).cost.total(), usd(3.82));
}

TEST(Greedy, BeginsOneBoxForAllInsteadOfTwo) {
  InstanceBuilder builder;
  const PoolId general = builder.add_pool();
  const PoolId special = builder.add_pool();
  const PoolId single = builder.add_pool();
  builder.add_offer(general, 8.0, 8);
  builder.add_offer(special, 7.9, 8);
  builder.add_offer(single, 1.5);
  for (int i = 0; i < 6; ++i) {
    const ClassId query_class = builder.add_class();
    builder.add_pair(query_class, builder.add_option(general, 1), 0.9);
    builder.add_pair(query_class, builder.add_option(single, 1), 0.9);  // six of them: 9 USD/h
    if (i < 3) builder.add_pair(query_class, builder.add_option(special, 1), 0.9);
  }
  EXPECT_EQ(solved(builder.build()).cost.total(), usd(8.0));
}

TEST(Greedy, LeavesDemandUnmetWhereThatIsCheaperAndAllowed) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 5.0);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class({2.0, 1.0, kNoLimit, kNoLimit}), option, 0.9);
  const SolveResult allowed = solved(builder.build());
  EXPECT_EQ(allowed.cost.total(), usd(2.0));
  EXPECT_THAT(allowed.solution->unmet, ElementsAre(1.0));

  InstanceBuilder strict;
  const PoolId same = strict.add_pool();
  strict.add_offer(same, 5.0);
  strict.add_pair(strict.add_class({2.0, 0.0, kNoLimit, kNoLimit}), strict.add_option(same, 1),
                  0.9);
  EXPECT_EQ(solved(strict.build()).cost.total(), usd(5.0));
}

TEST(Greedy, SpendsAShortBudgetWhereItSavesMost) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId first = builder.add_option(pool, 4);
  const OptionId second = builder.add_option(pool, 3);
  builder.add_pair(builder.add_class({10.0, 1.0, kNoLimit, kNoLimit}), first, 1.0);    // 4 USD/h
  builder.add_pair(builder.add_class({100.0, 1.0, kNoLimit, kNoLimit}), second, 1.0);  // 3 USD/h
  builder.set_budget(4.5);
  const SolveResult result = solved(builder.build());
  EXPECT_EQ(result.cost.total(), usd(3.0 + 10.0));
}

TEST(Greedy, RequiredDemandGoesBeforeOptionalDemandInABudget) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId large = builder.add_option(pool, 4);
  const OptionId small = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class({100.0, 1.0, kNoLimit, kNoLimit}), large, 1.0);
  builder.add_pair(builder.add_class({1.0, 0.0, kNoLimit, kNoLimit}), small, 1.0);
  builder.set_budget(4.5);
  const SolveResult result = solved(builder.build());
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_THAT(result.solution->unmet, ElementsAre(1.0, 0.0));
}

// The large class takes the pool that the small class needs; the repair puts the small one first.
TEST(Greedy, RepairsAPlanThatShutsAClassOut) {
  InstanceBuilder builder;
  std::vector<PoolId> pools;
  for (int r = 0; r < 4; ++r) {
    pools.push_back(builder.add_pool());
    builder.add_offer(pools.back(), 1.0 + r, 1, 1);
  }
  const ClassId large = builder.add_class();
  const ClassId small = builder.add_class();
  for (const PoolId pool : pools) builder.add_pair(large, builder.add_option(pool, 1), 1.0);
  for (int r = 0; r < 3; ++r) {
    const OptionId option = builder.add_option(pools[static_cast<std::size_t>(r)], 1);
    builder.add_pair(small, option, 2.9);  // needs three of the four pools
  }
  const SolveResult result = solved(builder.build());
  ASSERT_TRUE(result.solution.has_value()) << result.termination.detail;
  EXPECT_EQ(result.cost.total(), usd(1.0 + 2.0 + 3.0 + 4.0));
}

TEST(Greedy, BalancesADelayAboveTheAverageWithOneBelow) {
  InstanceBuilder builder;
  const PoolId cheap = builder.add_pool();
  const PoolId dear = builder.add_pool();
  builder.add_offer(cheap, 1.0, 1);
  builder.add_offer(dear, 10.0, 1, 1);
  const OptionId slow = builder.add_option(cheap, 1);
  const OptionId fast = builder.add_option(dear, 1);
  const ClassId chat = builder.add_class({50.0, 0.0, 2.0, kNoLimit});
  builder.add_pair(chat, fast, 2.0, {1.0, 0.0, 0.0});  // only half of it fits
  builder.add_pair(chat, slow, 1.0, {3.0, 0.0, 0.0});
  const SolveResult result = solved(builder.build());
  ASSERT_TRUE(result.solution.has_value()) << result.termination.detail;
  EXPECT_EQ(result.cost.total(), usd(11.0));
}

TEST(Greedy, ScalesARunningDeploymentUpInsteadOfOpeningASecond) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId one = builder.add_option(pool, 2);
  const OptionId two = builder.add_option(pool, 3);
  const ClassId chat = builder.add_class();
  const ClassId code = builder.add_class();
  builder.add_pair(chat, one, 1.0);   // 2 GPUs
  builder.add_pair(chat, two, 0.9);   // 3 GPUs
  builder.add_pair(code, two, 0.09);  // 3 more, or room beside chat
  const SolveResult result = solved(builder.build());
  EXPECT_EQ(result.cost.total(), usd(3.0));
  EXPECT_THAT(result.solution->replicas, ElementsAre(0, 1));
}

TEST(Greedy, NamesClassesAndLimitsWhenItFindsNoPlan) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 2);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 2.5);
  const SolveResult caps = solved(builder.build());
  EXPECT_EQ(caps.termination.reason, TerminationReason::kInfeasible);
  EXPECT_FALSE(caps.termination.proven);
  EXPECT_FALSE(caps.solution.has_value());
  EXPECT_THAT(caps.termination.detail, HasSubstr("class 'class-0': 0.2 of its demand"));
  EXPECT_THAT(caps.termination.detail, HasSubstr("GPUs or replicas that can be had (1 option)"));

  builder.set_budget(1.5);
  const SolveResult budget = solved(builder.build());
  EXPECT_THAT(budget.termination.detail, HasSubstr("budget"));
}

TEST(Greedy, AnOptionThatCanNeverRunProvesInfeasibility) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 2);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 4), 0.5);
  const SolveResult result = solved(builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_TRUE(result.termination.proven);
}

TEST(Greedy, FollowsTheGivenClassOrder) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 1);
  const OptionId option = builder.add_option(pool, 1);
  const ClassId first = builder.add_class({5.0, 1.0, kNoLimit, kNoLimit});
  const ClassId second = builder.add_class({5.0, 1.0, kNoLimit, kNoLimit});
  builder.add_pair(first, option, 1.0);
  builder.add_pair(second, option, 1.0);
  const Instance instance = builder.build();
  const std::vector<ClassId> order{second, first};
  GreedyOptions options;
  options.class_order = order;
  EXPECT_THAT(solve_greedy(instance, options, {}).solution->unmet, ElementsAre(1.0, 0.0));
  EXPECT_THAT(solve_greedy(instance, {}, {}).solution->unmet, ElementsAre(0.0, 1.0));
}

}  // namespace
}  // namespace berth
