// The exact methods side by side prove no more than is true, close gaps that none of them had to
// close alone, and end when they are told to.

#include "berth/solve/race.h"

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "berth/instance/dominance.h"
#include "berth/plan/price.h"
#include "berth/solve/automatic.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"
#include "tests/support/assertions.h"
#include "tests/support/random_instance.h"
#include "tests/support/synthetic_instance.h"

namespace berth {
namespace {

using testing::passes_check;
using testing::random_instance;
using testing::random_shape;
using testing::RandomShape;

constexpr double kHalfMicro = 0.5e-6;

Limits limits_for(double seconds, int threads) {
  Limits limits;
  limits.time = Seconds{seconds};
  limits.threads = threads;
  return limits;
}

/// GH's plan and the first bound, as `auto` has them.
struct Opening {
  explicit Opening(const Instance& of) : instance(of), relaxation(of) {
    Limits limits;
    limits.iterations = 60;
    bound = relaxation.improve({}, limits);
    plan = solve_greedy(of, {}, {}).solution;
  }
  [[nodiscard]] double cost() const { return price(instance, *plan).total().usd(); }
  [[nodiscard]] RaceResult run(const Limits& limits) const {
    return race({instance, relaxation, bound, *plan, 1}, limits);
  }

  const Instance& instance;
  bound::Lagrangian relaxation;
  bound::Bound bound;
  std::optional<Solution> plan;
};

void expect_true(const Opening& opening, const RaceResult& result, double best) {
  EXPECT_LE(result.bound, best + kHalfMicro);
  EXPECT_GE(result.bound, std::min(opening.bound.value, best) - kHalfMicro);
  if (!result.better) return;
  EXPECT_TRUE(passes_check(opening.instance, *result.better));
  EXPECT_LT(price(opening.instance, *result.better).total().usd(), opening.cost());
  EXPECT_STRNE(result.found_by, "");
}

TEST(Race, EndsAtTheOptimumOfRandomInstancesOfEveryFeature) {
  int compared = 0;
  int better = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const Instance instance = random_instance(random_shape(seed, seed % 2 == 1), seed);
    const SolveResult exact = milp::solve_milp(instance, {}, {});
    const Opening opening(instance);
    if (!exact.solution || !opening.plan) continue;
    SCOPED_TRACE("seed " + std::to_string(seed));
    const double best = exact.cost.total().usd();
    const RaceResult result = opening.run(limits_for(60.0, 1 + static_cast<int>(seed % 3)));
    expect_true(opening, result, best);
    EXPECT_EQ(result.limit, "gap");
    const double cost =
        result.better ? price(instance, *result.better).total().usd() : opening.cost();
    EXPECT_NEAR(cost, best, 1e-4 * best + kHalfMicro);
    EXPECT_GE(result.bound, (1.0 - 1e-4) * cost - kHalfMicro);
    ++compared;
    better += result.better ? 1 : 0;
  }
  EXPECT_GT(compared, 80);
  EXPECT_GT(better, 10) << "GH had nothing to leave open";
}

Instance undominated() {
  return without_dominated(testing::synthetic_instance({20, 20, 20}, 2)).instance;
}

TEST(Race, HonoursTimeAndStop) {
  const Instance instance = undominated();
  const Opening opening(instance);
  ASSERT_TRUE(opening.plan);
  for (const int threads : {1, 2}) {
    const RaceResult late = opening.run(limits_for(0.2, threads));
    EXPECT_EQ(late.limit, "time");
    EXPECT_GE(late.bound, opening.bound.value - kHalfMicro);

    StopFlag stop;
    stop.request_stop();
    Limits limits = limits_for(1000.0, threads);
    limits.stop = &stop;
    EXPECT_EQ(opening.run(limits).limit, "stop");
  }
}

TEST(Race, EndsAtTheAskedGapAndReportsOnTheWay) {
  const Instance instance = undominated();
  const Opening opening(instance);
  ASSERT_TRUE(opening.plan);
  Limits limits = limits_for(1000.0, 2);
  limits.gap = 0.9 * (opening.cost() - opening.bound.value) / opening.cost();
  double bound = 0.0;
  double cost = opening.cost();
  limits.on_progress = [&](const Progress& progress) {
    EXPECT_GE(*progress.bound, bound);
    EXPECT_LE(*progress.incumbent, cost);
    EXPECT_LE(*progress.bound, *progress.incumbent);
    bound = *progress.bound;
    cost = *progress.incumbent;
  };
  const RaceResult result = opening.run(limits);
  EXPECT_EQ(result.limit, "gap");
  EXPECT_GT(bound, 0.0) << "nothing was reported";
}

/// More classes than AGH leaves to the proof alone.
Instance many_classes() {
  return without_dominated(testing::synthetic_instance({40, 10, 10}, 1)).instance;
}

TEST(Race, AGHReportsToo) {
  const Instance instance = many_classes();
  const Opening opening(instance);
  ASSERT_TRUE(opening.plan);
  const std::thread::id caller = std::this_thread::get_id();
  StopFlag enough;
  Limits limits = limits_for(1000.0, 2);
  limits.gap = 0.0;
  limits.stop = &enough;
  int calls = 0;
  double cost = opening.cost();
  limits.on_progress = [&](const Progress& progress) {
    EXPECT_LE(*progress.incumbent, cost);
    cost = *progress.incumbent;
    // The tree grows on this thread, and HiGHS does not begin before AGH has had its part.
    if (std::this_thread::get_id() != caller && ++calls > 3) enough.request_stop();
  };
  EXPECT_EQ(opening.run(limits).limit, "stop");
  EXPECT_GT(calls, 3);
}

// It used to end the program.
TEST(Race, AFailureOfOneMethodEndsTheOthersAndIsThrownHere) {
  const Instance few = undominated();    // the tree and HiGHS
  const Instance many = many_classes();  // the tree and AGH
  for (const Instance* instance : {&few, &many}) {
    const Opening opening(*instance);
    ASSERT_TRUE(opening.plan);
    const std::thread::id caller = std::this_thread::get_id();
    for (const bool here : {true, false}) {
      Limits limits = limits_for(1000.0, 2);
      limits.gap = 0.0;
      limits.on_progress = [&](const Progress&) {
        if ((std::this_thread::get_id() == caller) == here) throw std::runtime_error("no ear");
      };
      EXPECT_THROW((void)opening.run(limits), std::runtime_error) << here;
    }
  }
}

TEST(Automatic, AFailureBesideTheBoundIsThrownHere) {
  Limits limits = limits_for(1000.0, 2);
  limits.on_progress = [](const Progress&) { throw std::runtime_error("no ear"); };
  const Instance instance = testing::synthetic_instance({20, 20, 20}, 2);
  EXPECT_THROW((void)solve_automatic(instance, 1, limits), std::runtime_error);
}

TEST(Automatic, ProvesSmallInstances) {
  const Instance small = random_instance(random_shape(4, false), 4);
  const SolveResult result = solve_automatic(small, 1, {});
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal);
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_TRUE(passes_check(small, *result.solution));
}

TEST(Automatic, SaysWhatEndedIt) {
  const Instance large = testing::synthetic_instance({20, 20, 20}, 1);
  const SolveResult quick = solve_automatic(large, 1, limits_for(0.5, 0));
  EXPECT_EQ(quick.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(quick.termination.limit, "time");
  ASSERT_TRUE(quick.solution.has_value());
  ASSERT_TRUE(quick.lower_bound.has_value());
  EXPECT_TRUE(passes_check(large, *quick.solution));
  EXPECT_LE(*quick.lower_bound, quick.cost.total().usd());

  Limits limits = limits_for(60.0, 0);
  limits.gap = 0.2;
  const SolveResult rough = solve_automatic(large, 1, limits);
  EXPECT_EQ(rough.termination.limit, "gap");
  EXPECT_LE(rough.cost.total().usd() - *rough.lower_bound, 0.2 * rough.cost.total().usd());
}

}  // namespace
}  // namespace berth
