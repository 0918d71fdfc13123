// AGH as a whole: limits, the same plan at any thread count, starts, switches, awkward inputs.

#include "berth/solve/adaptive/adaptive.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/solve/greedy/greedy.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"
#include "tests/support/synthetic_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

Limits moves(std::int64_t count, int threads = 1) {
  Limits limits;
  limits.iterations = count;
  limits.threads = threads;
  return limits;
}

/// A plan that passes the check at its true cost, or none with a reason.
void expect_valid(const Instance& instance, const SolveResult& result, const std::string& name) {
  EXPECT_EQ(result.method, "agh") << name;
  if (!result.solution) {
    EXPECT_FALSE(result.termination.detail.empty() && result.termination.limit.empty()) << name;
    return;
  }
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
      << name;
  EXPECT_EQ(result.cost, price(instance, *result.solution)) << name;
}

RandomShape many_classes(std::uint64_t seed, int classes) {
  RandomShape shape = random_shape(seed, seed % 2 == 0);
  shape.classes = classes;
  shape.pools = 6;
  shape.options = 50;
  shape.budget = false;
  return shape;
}

TEST(AdaptivePlan, IsTheSameAtAnyThreadCount) {
  const auto same = [](const Instance& instance, std::int64_t budget, const std::string& name) {
    const SolveResult one = solve_adaptive(instance, {}, moves(budget, 1));
    for (const int threads : {2, 3}) {
      const SolveResult other = solve_adaptive(instance, {}, moves(budget, threads));
      EXPECT_EQ(one.solution, other.solution) << name << " with " << threads << " threads";
      EXPECT_EQ(one.lower_bound, other.lower_bound) << name;
    }
    expect_valid(instance, one, name);
  };
  same(synthetic_instance({8, 5, 5}, 1), 400, "synthetic 8");
  same(synthetic_instance({24, 5, 5}, 2), 400, "synthetic 24");
  same(synthetic_instance({60, 5, 5}, 3), 400, "synthetic 60");
  same(synthetic_instance({120, 5, 5}, 4), 400, "synthetic 120");
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    same(random_instance(random_shape(seed, seed % 2 == 0), seed), 300, std::to_string(seed));
    same(random_instance(many_classes(seed, 40), seed), 300, "40 classes " + std::to_string(seed));
  }
}

TEST(AdaptivePlan, DependsOnTheSeedAlone) {
  const Instance instance = synthetic_instance({30, 6, 6}, 5);
  AdaptiveOptions options;
  options.seed = 7;
  const SolveResult first = solve_adaptive(instance, options, moves(500));
  const SolveResult second = solve_adaptive(instance, options, moves(500));
  EXPECT_EQ(first.solution, second.solution);
}

TEST(AdaptivePlan, IsThereWheneverGreedyFindsOne) {
  int found = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    const RandomShape shape = many_classes(seed, 26 + static_cast<int>(seed % 30));
    const Instance instance = random_instance(shape, seed);
    const SolveResult greedy = solve_greedy(instance, {}, {});
    const SolveResult result = solve_adaptive(instance, {}, moves(100));
    const std::string name = "seed " + std::to_string(seed) + ": " + to_string(shape);
    expect_valid(instance, result, name);
    if (!greedy.solution) continue;
    ++found;
    ASSERT_TRUE(result.solution.has_value()) << name << ": " << result.termination.detail;
    // So few moves may leave it behind GH's best order, but not far.
    EXPECT_LE(result.cost.total().usd(), 1.05 * greedy.cost.total().usd()) << name;
  }
  EXPECT_GT(found, 20);
}

TEST(AdaptivePlan, IsValidWithEverySwitchOff) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const RandomShape shape = seed % 2 == 0 ? many_classes(seed, 30) : random_shape(seed, true);
    const Instance instance = random_instance(shape, seed);
    for (int off = 0; off < 32; ++off) {
      AdaptiveOptions options;
      options.multi_start = (off & 1) == 0;
      options.local_search = (off & 2) == 0;
      options.consolidation = (off & 4) == 0;
      options.bound_prices = (off & 8) == 0;
      options.dominance = (off & 16) == 0;
      AdaptiveReport report;
      const SolveResult result = solve_adaptive(instance, options, moves(30), &report);
      expect_valid(instance, result, std::to_string(seed) + " without " + std::to_string(off));
      if (!options.local_search) {
        EXPECT_EQ(report.moves, 0);
      }
      if (!options.multi_start) {
        EXPECT_LE(report.starts, 1);
      }
    }
  }
}

TEST(AdaptivePlan, IsNeverDearerThanItsStart) {
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    const RandomShape shape = seed % 2 == 0 ? many_classes(seed, 35) : random_shape(seed, true);
    const Instance instance = random_instance(shape, seed);
    const SolveResult good = solve_adaptive(instance, {}, moves(400));
    if (!good.solution) continue;
    AdaptiveOptions options;
    options.start = &*good.solution;
    options.seed = seed;
    for (const std::int64_t budget : {0, 40}) {
      const SolveResult result = solve_adaptive(instance, options, moves(budget));
      expect_valid(instance, result, std::to_string(seed));
      ASSERT_TRUE(result.solution.has_value()) << seed;
      EXPECT_LE(result.cost.total(), good.cost.total()) << seed;
    }
  }
}

/// A start may use options that the search itself would leave aside.
TEST(AdaptivePlan, IsNeverDearerThanAStartFromOutsideItsSearch) {
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Instance instance = random_instance(many_classes(seed, 30), seed);
    const SolveResult greedy = solve_greedy(instance, {}, {});
    if (!greedy.solution) continue;
    AdaptiveOptions options;
    options.start = &*greedy.solution;
    options.multi_start = options.local_search = false;
    const SolveResult result = solve_adaptive(instance, options, moves(0));
    ASSERT_TRUE(result.solution.has_value()) << seed;
    EXPECT_LE(result.cost.total(), greedy.cost.total()) << seed;
  }
}

TEST(AdaptivePlan, ReportsStrictlyFallingCosts) {
  for (const int classes : {16, 60}) {
    const Instance instance = synthetic_instance({classes, 6, 6}, 3);
    std::vector<double> costs;
    AdaptiveOptions options;
    options.on_better = [&](double cost) { costs.push_back(cost); };
    AdaptiveReport report;
    const SolveResult result = solve_adaptive(instance, options, moves(1000), &report);
    ASSERT_TRUE(result.solution.has_value());
    ASSERT_FALSE(costs.empty());
    for (std::size_t k = 1; k < costs.size(); ++k) EXPECT_LT(costs[k], costs[k - 1]) << k;
    EXPECT_NEAR(costs.back(), result.cost.total().usd(), 1e-4);
    EXPECT_GT(report.starts, 0);
    EXPECT_GE(report.starts, report.distinct);
    EXPECT_GE(report.first_cost, costs.back() - 1e-6);
    EXPECT_GE(report.moves, 1000);
  }
}

TEST(AdaptivePlan, EndsAtTheProvenGap) {
  const Instance instance = synthetic_instance({16, 6, 6}, 3);
  AdaptiveOptions options;
  options.proven = [] { return 1e9; };  // whatever it finds is good enough
  AdaptiveReport report;
  const SolveResult result = solve_adaptive(instance, options, moves(100000), &report);
  EXPECT_EQ(result.termination.limit, "gap");
  EXPECT_LT(report.moves, 1000);
  expect_valid(instance, result, "gap");
}

TEST(AdaptiveLimits, CountsMoves) {
  const Instance instance = synthetic_instance({16, 6, 6}, 3);
  for (const std::int64_t budget : {0, 1, 500}) {
    AdaptiveReport report;
    const SolveResult result = solve_adaptive(instance, {}, moves(budget), &report);
    EXPECT_EQ(result.termination.limit, "iterations") << budget;
    EXPECT_EQ(result.termination.reason, TerminationReason::kLimit) << budget;
    EXPECT_GE(report.moves, budget);
    EXPECT_LE(report.moves, budget + 256) << "a round of all searches at most";
    expect_valid(instance, result, std::to_string(budget));
    EXPECT_TRUE(result.solution.has_value());
  }
}

TEST(AdaptiveLimits, AStopRequestEndsItWithTheBestPlanSoFar) {
  for (const int classes : {16, 60}) {
    const Instance instance = synthetic_instance({classes, 6, 6}, 3);
    StopFlag stop;
    Limits limits = moves(std::int64_t{1} << 40);
    limits.stop = &stop;
    AdaptiveOptions options;
    options.on_better = [&](double) { stop.request_stop(); };
    const SolveResult result = solve_adaptive(instance, options, limits);
    EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
    EXPECT_EQ(result.termination.limit, "stop");
    ASSERT_TRUE(result.solution.has_value());
    expect_valid(instance, result, std::to_string(classes));
  }
}

TEST(AdaptiveLimits, NoTimeEndsItAtOnce) {
  for (const int classes : {16, 60}) {
    const Instance instance = synthetic_instance({classes, 6, 6}, 3);
    for (const double seconds : {0.0, 1e-6}) {
      Limits limits;
      limits.threads = 1;
      limits.time = Seconds(seconds);
      const SolveResult result = solve_adaptive(instance, {}, limits);
      EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
      EXPECT_EQ(result.termination.limit, "time");
      expect_valid(instance, result, std::to_string(classes));
    }
  }
}

TEST(AdaptiveLimits, ATimeLimitGivesAPlan) {
  Limits limits;
  limits.threads = 1;
  limits.time = Seconds(0.2);
  const Instance instance = synthetic_instance({60, 6, 6}, 3);
  const SolveResult result = solve_adaptive(instance, {}, limits);
  EXPECT_EQ(result.termination.limit, "time");
  EXPECT_TRUE(result.solution.has_value());
  expect_valid(instance, result, "0.2 s");
}

TEST(AdaptiveAwkward, NoClassesCostNothing) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_option(pool, 1);
  const Instance instance = builder.build();
  const SolveResult result = solve_adaptive(instance, {}, moves(10));
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_EQ(result.cost.total(), CostRate());
  expect_valid(instance, result, "no classes");
}

TEST(AdaptiveAwkward, WithoutOptionsNothingCanBeServed) {
  InstanceBuilder builder;
  builder.add_class({2.0, 1.0, kNoLimit, kNoLimit});
  const SolveResult unmet = solve_adaptive(builder.build(), {}, moves(10));
  ASSERT_TRUE(unmet.solution.has_value());
  EXPECT_EQ(unmet.cost.total(), CostRate::usd_per_hour(2.0));
  builder.add_class();
  const SolveResult none = solve_adaptive(builder.build(), {}, moves(10));
  EXPECT_FALSE(none.solution.has_value());
  EXPECT_NE(none.termination.detail.find("class-1"), std::string::npos);
}

TEST(AdaptiveAwkward, OneOfEachIsSolved) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0, 8);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 4), 2.5);
  const SolveResult result = solve_adaptive(builder.build(), {}, moves(50));
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_EQ(result.solution->replicas[0], 3);
  EXPECT_EQ(result.solution->boxes[0], 2);
}

TEST(AdaptiveAwkward, DemandThatMayStayUnmetStaysSoWhereServingCostsMore) {
  for (const double phi : {0.0, 0.5, 5.0}) {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.0);
    const OptionId option = builder.add_option(pool, 1);
    builder.add_pair(builder.add_class({phi, 1.0, kNoLimit, kNoLimit}), option, 0.8);
    const SolveResult result = solve_adaptive(builder.build(), {}, moves(50));
    ASSERT_TRUE(result.solution.has_value());
    EXPECT_NEAR(result.cost.total().usd(), std::min(1.0, phi), 1e-6);
  }
}

TEST(AdaptiveAwkward, ABudgetOfNothingRentsNothing) {
  for (const double unmet : {0.0, 1.0}) {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.0);
    builder.add_pair(builder.add_class({9.0, unmet, kNoLimit, kNoLimit}),
                     builder.add_option(pool, 1), 0.8);
    builder.set_budget(0.0);
    const Instance instance = builder.build();
    const SolveResult result = solve_adaptive(instance, {}, moves(50));
    expect_valid(instance, result, std::to_string(unmet));
    EXPECT_EQ(result.solution.has_value(), unmet == 1.0);
    if (result.solution) {
      EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(9.0));
    }
  }
}

/// Loads from a billionth of a replica to a million replicas.
TEST(AdaptiveAwkward, TinyAndHugeLoadsArePlanned) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    berth::Random random = berth::Random(seed).split(50);
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.0);
    std::vector<OptionId> options;
    for (int d = 0; d < 4; ++d) options.push_back(builder.add_option(pool, 1 + d % 2));
    constexpr double kLoads[] = {1e-9, 1e-6, 0.3, 1.0, 1e3, 1e6};
    for (int i = 0; i < 6; ++i) {
      const ClassId id = builder.add_class();
      for (const OptionId option : options) {
        builder.add_pair(id, option, kLoads[i] * (0.8 + 0.4 * random.uniform()));
      }
    }
    const Instance instance = builder.build();
    const SolveResult greedy = solve_greedy(instance, {}, {});
    const SolveResult result = solve_adaptive(instance, {}, moves(100));
    ASSERT_TRUE(greedy.solution.has_value());
    ASSERT_TRUE(result.solution.has_value()) << seed << ": " << result.termination.detail;
    expect_valid(instance, result, std::to_string(seed));
    EXPECT_LE(result.cost.total(), greedy.cost.total()) << seed;
  }
}

TEST(AdaptiveAwkward, TheUnservableClassIsNamedAsGreedyNamesIt) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 2);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 0.5);
  builder.add_pair(builder.add_class(), option, 5.0);  // needs five of two GPUs
  const Instance instance = builder.build();
  const SolveResult greedy = solve_greedy(instance, {}, {});
  const SolveResult result = solve_adaptive(instance, {}, moves(200));
  EXPECT_FALSE(result.solution.has_value());
  for (const SolveResult* of : {&greedy, &result}) {
    EXPECT_NE(of->termination.detail.find("class-1"), std::string::npos);
    EXPECT_NE(of->termination.detail.find("GPUs or replicas"), std::string::npos);
  }
}

/// Tight caps and budgets: rent against demand that nothing carries. The plan that carries all
/// costs more than a plan that lacks some and is charged for it.
TEST(AdaptiveAwkward, APlanIsFoundWhereMissingDemandSeemsCheaper) {
  for (const std::uint64_t seed : {478U, 964U}) {
    RandomShape shape = random_shape(seed, true);
    shape.classes = 7;
    shape.options = 9;
    shape.caps = shape.budget = true;
    shape.unmet = false;
    shape.groups = shape.groups || seed % 4 == 2;
    const Instance instance = random_instance(shape, seed + 5000);
    const SolveResult result = solve_adaptive(instance, {}, moves(1000));
    ASSERT_TRUE(result.solution.has_value()) << seed;
    expect_valid(instance, result, std::to_string(seed));
  }
}

}  // namespace
}  // namespace berth
