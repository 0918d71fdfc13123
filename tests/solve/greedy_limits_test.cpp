// Time, iterations and the stop flag.

#include <gtest/gtest.h>

#include "berth/solve/greedy/greedy.h"
#include "tests/support/assertions.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

Instance many_classes(bool unmet_allowed) {
  RandomShape shape;
  shape.classes = 12;
  shape.pools = 4;
  shape.options = 30;
  InstanceColumns columns = random_columns(shape, 11);
  for (double& share : columns.classes.max_unmet) share = unmet_allowed ? 1.0 : 0.0;
  return std::move(*Instance::make(std::move(columns)));
}

TEST(GreedyLimits, AStopRequestBeforeTheStartEndsItWithoutAPlan) {
  const Instance instance = many_classes(false);
  StopFlag stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  const SolveResult result = solve_greedy(instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "stop");
  EXPECT_FALSE(result.solution.has_value());
}

TEST(GreedyLimits, NoTimeEndsItWithoutAPlan) {
  Limits limits;
  limits.time = Seconds(0.0);
  const SolveResult result = solve_greedy(many_classes(false), {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "time");
  EXPECT_FALSE(result.solution.has_value());
}

TEST(GreedyLimits, APartialPlanIsReturnedWhereUnmetDemandIsAllowed) {
  const Instance instance = many_classes(true);
  Limits limits;
  limits.iterations = 1;
  const SolveResult result = solve_greedy(instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "iterations");
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_FALSE(result.solution->routes.empty());
  EXPECT_GT(result.cost.unmet, CostRate());
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), std::nullopt}));
}

TEST(GreedyLimits, EveryIterationLimitGivesAValidPlanOrNone) {
  for (const bool unmet : {false, true}) {
    const Instance instance = many_classes(unmet);
    const SolveResult full = solve_greedy(instance, {}, {});
    ASSERT_TRUE(full.solution.has_value());
    bool ended = false;
    for (std::int64_t steps = 0; steps < 20'000 && !ended; steps += 1 + steps / 20) {
      Limits limits;
      limits.iterations = steps;
      const SolveResult result = solve_greedy(instance, {}, limits);
      ended = result.termination.reason == TerminationReason::kFeasible;
      if (result.solution) {
        EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), std::nullopt}));
      }
      EXPECT_TRUE(result.solution.has_value() || !ended);
    }
    EXPECT_TRUE(ended) << "20,000 steps are not enough for 12 classes";
  }
}

/// What paid for the shares of poor options was released, and the average was broken.
TEST(GreedyLimits, AveragesHoldAfterTheOptionThatPaidForThemIsShed) {
  for (std::uint64_t seed = 0; seed < 3000; ++seed) {
    RandomShape shape = random_shape(seed, seed % 2 == 0);
    shape.average_error = shape.unmet = true;
    const Instance instance = random_instance(shape, seed);
    const SolveResult result = solve_greedy(instance, {}, {});
    if (!result.solution) continue;
    EXPECT_TRUE(passes_check(instance, *result.solution)) << seed << ": " << to_string(shape);
  }
}

TEST(Termination, DetailsOfManyClassesAreShortened) {
  EXPECT_EQ(shortened(""), "");
  EXPECT_EQ(shortened("a; b; c; d"), "a; b; c; d");
  EXPECT_EQ(shortened("a; b; c; d; e"), "a; b; c; and 2 more");
}

/// Two options paid for each other's average limit in ever smaller turns: two minutes for 40
/// options.
TEST(GreedyLimits, AveragesThatAreMetInEverSmallerStepsAreGivenUp) {
  RandomShape shape = random_shape(45, false);
  shape.classes = 23;
  shape.options = 40;
  shape.pools = 6;
  shape.budget = false;
  const Instance instance = random_instance(shape, 45);
  Limits limits;
  limits.iterations = 20'000;
  const SolveResult result = solve_greedy(instance, {}, limits);
  EXPECT_EQ(result.termination.limit, "");
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_TRUE(passes_check(instance, *result.solution));
}

}  // namespace
}  // namespace berth
