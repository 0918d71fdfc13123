// Contradictory and degenerate inputs end in a correct status, with a plan that holds.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/solve/milp/milp.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

SolveResult solved(const Instance& instance) {
  const SolveResult result = milp::solve_milp(instance, {}, {});
  if (result.solution) {
    EXPECT_TRUE(
        passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}));
  }
  return result;
}

struct Small {
  InstanceBuilder builder;
  PoolId pool = builder.add_pool();
};

TEST(MilpDegenerate, NothingToServe) {
  Small small;
  small.builder.add_offer(small.pool, 1.0);
  small.builder.add_option(small.pool, 1);
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
  EXPECT_EQ(result.cost.total(), CostRate());
  EXPECT_EQ(result.lower_bound, 0.0);
}

TEST(MilpDegenerate, NothingAtAll) {
  const SolveResult result = solved(InstanceBuilder().build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
  EXPECT_EQ(result.cost.total(), CostRate());
}

TEST(MilpDegenerate, PricesOfZero) {
  Small small;
  small.builder.add_offer(small.pool, 0.0, 8);
  small.builder.add_pair(small.builder.add_class(), small.builder.add_option(small.pool, 4), 2.5);
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
  EXPECT_EQ(result.cost.total(), CostRate());
  EXPECT_EQ(result.solution->replicas[0], 3);
}

TEST(MilpDegenerate, ABudgetOfZero) {
  for (const double max_unmet : {0.0, 1.0}) {
    Small small;
    small.builder.add_offer(small.pool, 2.0);
    small.builder.set_budget(0.0);
    const ClassId c = small.builder.add_class({5.0, max_unmet, kNoLimit, kNoLimit});
    small.builder.add_pair(c, small.builder.add_option(small.pool, 1), 0.5);
    const SolveResult result = solved(small.builder.build());
    if (max_unmet == 0.0) {
      EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
      EXPECT_TRUE(result.termination.proven);
    } else {
      EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
      EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(5.0));
    }
  }
}

TEST(MilpDegenerate, ACapOfZero) {
  Small small;
  small.builder.add_offer(small.pool, 2.0, 1, 0);
  small.builder.add_pair(small.builder.add_class(), small.builder.add_option(small.pool, 1), 0.5);
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_TRUE(result.termination.proven);
}

TEST(MilpDegenerate, NoOffersAtAll) {
  Small small;
  small.builder.add_pair(small.builder.add_class(), small.builder.add_option(small.pool, 1), 0.5);
  EXPECT_EQ(solved(small.builder.build()).termination.reason, TerminationReason::kInfeasible);
}

TEST(MilpDegenerate, LimitsThatContradictEachOtherOnlyTogether) {
  // Half must go to the good option for the average; the cap of the good one holds a third.
  Small small;
  small.builder.add_offer(small.pool, 1.0);
  const PoolId scarce = small.builder.add_pool();
  small.builder.add_offer(scarce, 1.0, 1, 1);
  const ClassId c = small.builder.add_class({1.0, 0.0, kNoLimit, 0.2});
  small.builder.add_pair(c, small.builder.add_option(small.pool, 1), 1.0, {0.0, 0.3, 0.0});
  small.builder.add_pair(c, small.builder.add_option(scarce, 1), 3.0, {0.0, 0.1, 0.0});
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_TRUE(result.termination.proven);
  EXPECT_FALSE(result.termination.detail.empty());
}

TEST(MilpDegenerate, IdenticalOptions) {
  Small small;
  small.builder.add_offer(small.pool, 1.0);
  const ClassId a = small.builder.add_class();
  const ClassId b = small.builder.add_class();
  for (int d = 0; d < 30; ++d) {
    const OptionId option = small.builder.add_option(small.pool, 1);
    small.builder.add_pair(a, option, 0.75);
    small.builder.add_pair(b, option, 0.75);
  }
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(2.0));
}

/// One class of each size on one option of one GPU at 1 USD/h: the optimum is the ceiling of the
/// sum.
class MilpLoads : public ::testing::TestWithParam<double> {};

TEST_P(MilpLoads, AreServedByWholeReplicas) {
  const double load = GetParam();
  Small small;
  small.builder.add_offer(small.pool, 1.0);
  small.builder.add_pair(small.builder.add_class(), small.builder.add_option(small.pool, 1), load);
  const SolveResult result = solved(small.builder.build());
  ASSERT_EQ(result.termination.reason, TerminationReason::kOptimal) << result.termination.detail;
  EXPECT_EQ(result.solution->replicas[0], std::max(1.0, std::ceil(load - 1e-7)));
}

INSTANTIATE_TEST_SUITE_P(Sizes, MilpLoads,
                         ::testing::Values(1e-9, 1e-6, 1e-5, 0.001, 0.999999, 1.0, 1.000001, 12.5,
                                           1234.5, 99999.25, 1e6),
                         [](const auto& entry) { return "at_" + std::to_string(entry.index); });

TEST(MilpDegenerate, LoadsOfEverySizeTogether) {
  Small small;
  small.builder.add_offer(small.pool, 1.0);
  const PoolId boxes = small.builder.add_pool();
  small.builder.add_offer(boxes, 6.0, 8);
  const OptionId single = small.builder.add_option(small.pool, 1);
  const OptionId other = small.builder.add_option(small.pool, 2);
  const OptionId boxed = small.builder.add_option(boxes, 4);
  for (double load = 1e-9; load < 2e6; load *= 10.0) {
    const ClassId c = small.builder.add_class();
    small.builder.add_pair(c, single, load);
    small.builder.add_pair(c, other, load / 2.1);
    small.builder.add_pair(c, boxed, load / 5.0);
  }
  const SolveResult result = solved(small.builder.build());
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal)
      << to_string(result.termination.reason) << " " << result.termination.detail;
}

/// x <= 0 replicas with a load of 1e-9 is kept to within a solver's tolerance by any share.
TEST(MilpDegenerate, TinyLoadsOnAnOptionThatCannotOpen) {
  Small small;
  small.builder.add_offer(small.pool, 100.0);
  const PoolId other = small.builder.add_pool();
  small.builder.add_offer(other, 10.0);
  small.builder.set_budget(50.0);
  const OptionId dear = small.builder.add_option(small.pool, 1);
  const OptionId cheap = small.builder.add_option(other, 1);
  for (const double load : {1e-9, 2e-9}) {
    const ClassId c = small.builder.add_class();
    small.builder.add_pair(c, dear, load);
    small.builder.add_pair(c, cheap, 0.4);
  }
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal) << result.termination.detail;
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(10.0));
}

class MilpPrices : public ::testing::TestWithParam<double> {};

TEST_P(MilpPrices, AreProvenToTheLastMicroDollar) {
  Small small;
  small.builder.add_offer(small.pool, GetParam());
  const ClassId c = small.builder.add_class();
  small.builder.add_pair(c, small.builder.add_option(small.pool, 1), 2.5, {0.0, 0.0, GetParam()});
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal) << result.termination.detail;
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(GetParam()) * 4);
}

INSTANTIATE_TEST_SUITE_P(Sizes, MilpPrices,
                         ::testing::Values(1e-6, 2e-6, 0.001, 0.123457, 1e5, 1e8),
                         [](const auto& entry) { return "at_" + std::to_string(entry.index); });

TEST(MilpDegenerate, ManySmallRoutingCostsDoNotKeepTheGapOpen) {
  Small small;
  small.builder.add_offer(small.pool, 0.01);
  std::vector<OptionId> options;
  for (int d = 0; d < 40; ++d) options.push_back(small.builder.add_option(small.pool, 1));
  for (int i = 0; i < 20; ++i) {
    const ClassId c = small.builder.add_class();
    for (int d = 0; d < 40; ++d) {
      const double load = 0.05 + 0.001 * ((7 * i + 3 * d) % 40);
      small.builder.add_pair(c, options[static_cast<std::size_t>(d)], load,
                             {0.0, 0.0, 0.0001 * ((5 * i + d) % 13)});
    }
  }
  const SolveResult result = solved(small.builder.build());
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal) << result.termination.detail;
}

}  // namespace
}  // namespace berth
