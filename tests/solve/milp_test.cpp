// The exact method: every switch gives the same optimum, every ending says what it is.

#include "berth/solve/milp/milp.h"

#include <cmath>
#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/relaxation.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"
#include "tests/support/synthetic_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing
using milp::MilpOptions;
using milp::solve_milp;
using milp::StrongRows;

struct Variant {
  std::string name;
  MilpOptions options;
};

std::vector<Variant> variants() {
  std::vector<Variant> all(7);
  all[0].name = "default";
  all[1].name = "lazy rows";
  all[1].options.formulation.strong_rows = StrongRows::kLazy;
  all[2].name = "no strong rows";
  all[2].options.formulation.strong_rows = StrongRows::kNone;
  all[3].name = "no box rows";
  all[3].options.formulation.box_rows = false;
  all[4].name = "loose bounds";
  all[4].options.formulation.tight_bounds = false;
  all[5].name = "all options";
  all[5].options.dominance = false;
  all[6].name = "cold start";
  all[6].options.warm_start = false;
  return all;
}

TEST(Milp, EverySwitchGivesTheOptimum) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    const RandomShape shape = random_shape(seed, seed % 2 == 0);
    const Instance instance = random_instance(shape, seed);
    const OracleAnswer exact = solve_exactly(instance);
    for (const Variant& variant : variants()) {
      const std::string name =
          variant.name + ", seed " + std::to_string(seed) + ": " + to_string(shape);
      const SolveResult result = solve_milp(instance, variant.options, {});
      if (exact.status == OracleAnswer::Status::kInfeasible) {
        EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible) << name;
        EXPECT_FALSE(result.termination.detail.empty()) << name;
        continue;
      }
      ASSERT_EQ(result.termination.reason, TerminationReason::kOptimal) << name;
      EXPECT_NEAR(result.cost.total().usd(), exact.objective, 1e-5 + 1e-4 * exact.objective)
          << name;
      EXPECT_LE(*result.lower_bound, exact.objective + 1e-6) << name;
      EXPECT_TRUE(
          passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
          << name;
    }
  }
}

TEST(Milp, TheRelaxationNeverExceedsTheOptimumAndEveryRowRaisesIt) {
  double weak_sum = 0.0;
  double strong_sum = 0.0;
  double boxed_sum = 0.0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomShape shape = random_shape(seed, seed % 2 == 0);
    shape.boxes = true;
    const Instance instance = random_instance(shape, seed);
    const OracleAnswer exact = solve_exactly(instance);
    if (exact.status != OracleAnswer::Status::kOptimal) continue;
    MilpOptions options;
    options.formulation.box_rows = false;
    options.formulation.strong_rows = StrongRows::kNone;
    const auto weak = relaxation_bound(instance, options, 60.0);
    options.formulation.strong_rows = StrongRows::kUpFront;
    const auto strong = relaxation_bound(instance, options, 60.0);
    options.formulation.box_rows = true;
    const auto boxed = relaxation_bound(instance, options, 60.0);
    options.formulation.strong_rows = StrongRows::kLazy;
    const auto lazy = relaxation_bound(instance, options, 60.0);
    ASSERT_TRUE(weak && strong && boxed && lazy) << seed;
    const double noise = 1e-6 * std::max(1.0, exact.objective);
    EXPECT_LE(*weak, *strong + noise) << seed;
    EXPECT_LE(*strong, *boxed + noise) << seed;
    EXPECT_LE(*boxed, exact.objective + noise) << seed;
    EXPECT_NEAR(*lazy, *boxed, 1e-4 * std::max(1.0, *boxed)) << seed;
    weak_sum += *weak;
    strong_sum += *strong;
    boxed_sum += *boxed;
  }
  EXPECT_GT(strong_sum, 1.05 * weak_sum) << "the strong rows do nothing";
  EXPECT_GT(boxed_sum, 1.05 * strong_sum) << "the box rows do nothing";
}

/// A class split by a quota and a budget, linear in both: duals are the true prices.
TEST(Milp, TheRelaxationPricesQuotaAndBudget) {
  InstanceBuilder builder;
  const PoolId scarce = builder.add_pool();
  builder.add_offer(scarce, 1.0, 1, 10);
  const PoolId plenty = builder.add_pool();
  builder.add_offer(plenty, 4.0);
  const ClassId c = builder.add_class({1000.0, 1.0, kNoLimit, kNoLimit});
  builder.add_pair(c, builder.add_option(scarce, 1, {0.0, 10, kNoGroup}), 100.0);
  builder.add_pair(c, builder.add_option(plenty, 1), 100.0);
  MilpOptions options;
  options.formulation.tight_bounds = false;
  const auto quota = solve_relaxation(builder.build(), options, 60.0);
  ASSERT_TRUE(quota.has_value());
  EXPECT_NEAR(quota->pool_worth[0], 3.0, 1e-6) << "a GPU at 1 instead of 4 USD/h";
  EXPECT_NEAR(quota->pool_worth[1], 0.0, 1e-6);
  builder.set_budget(50.0);
  const auto budget = solve_relaxation(builder.build(), options, 60.0);
  ASSERT_TRUE(budget.has_value());
  // 1 USD/h buys a quarter of a GPU, which serves 1/400 of a demand worth 1000.
  EXPECT_NEAR(budget->budget_worth, 1000.0 / 400.0 - 1.0, 1e-6);
  const SolveResult plan = solve_milp(builder.build(), {}, {});
  ASSERT_TRUE(plan.worth.has_value());
  EXPECT_NEAR(plan.worth->budget, 1.5, 1e-6);
}

TEST(Milp, ATimeLimitEndsWithThePlanSoFarAndItsBound) {
  const Instance instance = synthetic_instance({20, 20, 20}, 2);
  Limits limits;
  limits.time = Seconds(2.5);
  const SolveResult result = solve_milp(instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "time");
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}));
}

TEST(Milp, AGapOfZeroCanBeReached) {
  const Instance instance = random_instance(random_shape(4, false), 4);
  Limits limits;
  limits.gap = 0.0;
  limits.threads = 100'000;  // more than there are is no reason to wait
  const SolveResult result = solve_milp(instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal) << result.termination.detail;
  EXPECT_NEAR(*result.lower_bound, result.cost.total().usd(), 1e-5);
}

TEST(Milp, MorePairsThanTheTimeAllowsAreNotSearched) {
  const Instance instance = synthetic_instance({20, 20, 20}, 2);
  Limits limits;
  limits.time = Seconds(0.5);
  const SolveResult result = solve_milp(instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "size");
  EXPECT_FALSE(result.termination.detail.empty());
  EXPECT_TRUE(result.solution.has_value());
}

TEST(Milp, ANodeLimitIsNamed) {
  const Instance instance = synthetic_instance({20, 6, 10}, 1);
  Limits limits;
  limits.nodes = 1;
  const SolveResult result = solve_milp(instance, {}, limits);
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "nodes");
}

TEST(Milp, AGapIsKeptAndNamed) {
  const Instance instance = synthetic_instance({10, 6, 10}, 3);
  Limits limits;
  limits.gap = 0.5;
  const SolveResult result = solve_milp(instance, {}, limits);
  ASSERT_TRUE(result.solution.has_value());
  ASSERT_TRUE(result.lower_bound.has_value());
  EXPECT_LE((result.cost.total().usd() - *result.lower_bound) / result.cost.total().usd(), 0.5);
  if (result.termination.reason != TerminationReason::kOptimal) {
    EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
    EXPECT_EQ(result.termination.limit, "gap");
  }
}

TEST(Milp, AStopWhileSearchingKeepsThePlanSoFar) {
  const Instance instance = synthetic_instance({20, 20, 20}, 1);
  StopFlag stop;
  Limits limits;
  limits.stop = &stop;
  limits.time = Seconds(60.0);
  int calls = 0;
  limits.on_progress = [&](const Progress&) {
    ++calls;
    stop.request_stop();
  };
  const SolveResult result = solve_milp(instance, {}, limits);
  EXPECT_GT(calls, 0);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "stop");
  EXPECT_TRUE(result.solution.has_value());
}

TEST(Milp, AFailureOfTheListenerIsThrownHere) {
  const Instance instance = synthetic_instance({20, 20, 20}, 1);
  Limits limits;
  limits.on_progress = [](const Progress&) { throw std::runtime_error("nobody listens"); };
  EXPECT_THROW((void)solve_milp(instance, {}, limits), std::runtime_error);
}

TEST(Milp, WorthMayBeLeftOut) {
  const Instance instance = synthetic_instance({6, 6, 10}, 1);
  MilpOptions options;
  EXPECT_TRUE(solve_milp(instance, options, {}).worth.has_value());
  options.worth = false;
  EXPECT_FALSE(solve_milp(instance, options, {}).worth.has_value());
}

TEST(Milp, ProgressShowsAnIncumbentABoundAndTheirOrder) {
  const Instance instance = synthetic_instance({10, 10, 10}, 2);
  std::vector<Progress> seen;
  Limits limits;
  limits.on_progress = [&](const Progress& progress) { seen.push_back(progress); };
  const SolveResult result = solve_milp(instance, {}, limits);
  ASSERT_FALSE(seen.empty());
  EXPECT_TRUE(seen.back().incumbent.has_value());
  double bound = 0.0;
  for (const Progress& progress : seen) {
    if (!progress.bound) continue;
    EXPECT_GE(*progress.bound, bound - 1e-6) << "a bound never falls";
    bound = *progress.bound;
    EXPECT_LE(bound, result.cost.total().usd() + 1e-5);
  }
}

TEST(Milp, BeginsWithThePlanItIsGiven) {
  const Instance instance = random_instance(random_shape(11, false), 11);
  const SolveResult best = solve_milp(instance, {}, {});
  ASSERT_TRUE(best.solution.has_value());
  MilpOptions options;
  options.warm_start = false;
  options.start = &*best.solution;
  milp::MilpReport report;
  const SolveResult again = solve_milp(instance, options, {}, &report);
  EXPECT_EQ(again.cost.total(), best.cost.total());
  ASSERT_TRUE(report.first_cost.has_value());
  EXPECT_NEAR(*report.first_cost, best.cost.total().usd(), 1e-9);
}

TEST(Milp, AnyPlanIsEnoughWhenAsked) {
  const Instance instance = synthetic_instance({20, 20, 20}, 1);
  MilpOptions options;
  options.any_plan = true;
  for (const bool warm : {true, false}) {
    options.warm_start = warm;
    Limits limits;
    limits.time = Seconds(60.0);
    const SolveResult result = solve_milp(instance, options, limits);
    EXPECT_EQ(result.termination.reason, TerminationReason::kFeasible);
    ASSERT_TRUE(result.solution.has_value());
    EXPECT_TRUE(passes_check(instance, *result.solution));
  }
}

}  // namespace
}  // namespace berth
