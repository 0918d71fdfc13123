// The tree proves no more than is true, keeps what was proven before, and closes small gaps.

#include "berth/solve/branch/branch.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "berth/instance/dominance.h"
#include "berth/instance/instance_json.h"
#include "berth/plan/price.h"
#include "berth/solve/milp/milp.h"
#include "tests/support/assertions.h"
#include "tests/support/brute_force.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"

namespace berth::branch {
namespace {

using testing::random_instance;
using testing::random_shape;
using testing::RandomShape;

constexpr double kHalfMicro = 0.5e-6;

Limits limits_for(double gap, std::int64_t nodes, int threads = 1) {
  Limits limits;
  limits.gap = gap;
  limits.nodes = nodes;
  limits.threads = threads;
  return limits;
}

struct Proof {
  double root = 0.0;
  BranchResult result;
};

Proof prove_at(const Instance& instance, double cost, const Limits& limits) {
  const bound::Lagrangian relaxation(instance);
  const bound::Bound root = relaxation.improve({}, limits_for(0.0, 1));
  return {root.value, prove(instance, relaxation, root, cost, limits)};
}

/// Of the best plan; nullopt if there is none.
std::optional<double> optimum(const Instance& instance) {
  const SolveResult result = milp::solve_milp(instance, {}, limits_for(0.0, 1'000'000));
  if (!result.solution) return std::nullopt;
  return result.cost.total().usd();
}

void expect_true(const Instance& instance, const Proof& proof, double best, double cost) {
  EXPECT_LE(proof.result.bound, best + kHalfMicro);
  EXPECT_GE(proof.result.bound, std::min(proof.root, best) - kHalfMicro);
  EXPECT_LE(proof.result.cost, cost);
  EXPECT_LE(proof.result.bound, proof.result.cost);
  if (!proof.result.better) return;
  EXPECT_LT(proof.result.cost, cost);
  EXPECT_TRUE(testing::passes_check(instance, *proof.result.better));
  EXPECT_DOUBLE_EQ(price(instance, *proof.result.better).total().usd(), proof.result.cost);
}

TEST(Branch, NeverProvesMoreThanTheOptimumOfRandomInstancesOfEveryFeature) {
  int compared = 0;
  int closed = 0;
  int improved = 0;
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const RandomShape shape = random_shape(seed, seed % 2 == 1);
    const Instance instance = random_instance(shape, seed);
    const std::optional<double> best = optimum(instance);
    if (!best) continue;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + to_string(shape));
    // Half of them begin with the best plan, half with a poor one.
    const double cost = seed % 4 < 2 ? *best : 1.1 * *best + 0.01;
    const Proof proof = prove_at(instance, cost, limits_for(1e-4, 200));
    expect_true(instance, proof, *best, cost);
    ++compared;
    closed += proof.result.limit == "gap" ? 1 : 0;
    improved += proof.result.better ? 1 : 0;
  }
  EXPECT_GT(compared, 200);
  EXPECT_GT(closed, compared / 2);
  EXPECT_GT(improved, compared / 10);
}

TEST(Branch, NeverProvesMoreThanWhatTryingEverythingFinds) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    RandomShape shape = random_shape(seed, true);
    shape.classes = 1 + static_cast<int>(seed % 3);
    shape.options = 2 + static_cast<int>(seed % 3);
    const Instance instance = random_instance(shape, seed);
    const auto best = testing::brute_force(instance, 12);
    if (!best) continue;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + to_string(shape));
    const double cost = best->usd() + 0.5;
    const Proof proof = prove_at(instance, cost, limits_for(0.0, 100));
    expect_true(instance, proof, best->usd(), cost);
    ++compared;
  }
  EXPECT_GT(compared, 50);
}

TEST(Branch, ClosesTheGapWhereOptionsAreChosenByReplicasAlone) {
  int gaps = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    RandomShape shape;
    shape.classes = 6;
    shape.options = 10;
    const Instance instance = random_instance(shape, seed);
    const std::optional<double> best = optimum(instance);
    ASSERT_TRUE(best);
    const Proof proof = prove_at(instance, *best + 1.0, limits_for(0.0, 20'000));
    EXPECT_EQ(proof.result.limit, "gap") << "seed " << seed;
    EXPECT_NEAR(proof.result.bound, *best, kHalfMicro) << "seed " << seed;
    EXPECT_NEAR(proof.result.cost, *best, kHalfMicro) << "seed " << seed;
    gaps += proof.root < *best - kHalfMicro ? 1 : 0;
  }
  EXPECT_GT(gaps, 30) << "nothing to close";
}

TEST(Branch, TheSameForAnyNumberOfThreads) {
  RandomShape shape;
  shape.classes = 20;
  shape.options = 60;
  shape.pools = 6;
  const Instance instance = random_instance(shape, 7);
  const std::optional<double> best = optimum(instance);
  ASSERT_TRUE(best);
  const Limits one = limits_for(0.0, 100, 1);
  const Limits four = limits_for(0.0, 100, 4);
  const Proof alone = prove_at(instance, 1.02 * *best, one);
  const Proof together = prove_at(instance, 1.02 * *best, four);
  EXPECT_GT(alone.result.nodes, 1);
  EXPECT_EQ(alone.result.bound, together.result.bound);
  EXPECT_EQ(alone.result.cost, together.result.cost);
  EXPECT_EQ(alone.result.nodes, together.result.nodes);
  EXPECT_EQ(alone.result.better, together.result.better);
}

TEST(Branch, HonoursNodesTimeAndStop) {
  RandomShape shape;
  shape.classes = 30;
  shape.options = 80;
  shape.pools = 6;
  const Instance instance = random_instance(shape, 3);
  const std::optional<double> best = optimum(instance);
  ASSERT_TRUE(best);
  const double cost = 1.2 * *best;  // too dear to fix much

  const Proof nodes = prove_at(instance, cost, limits_for(0.0, 3));
  EXPECT_LE(nodes.result.nodes, 3);
  expect_true(instance, nodes, *best, cost);

  Limits time = limits_for(0.0, 1'000'000);
  time.time = Seconds{0.0};
  const Proof late = prove_at(instance, cost, time);
  EXPECT_EQ(late.result.nodes, 0);
  EXPECT_EQ(late.result.limit, "time");
  expect_true(instance, late, *best, cost);

  StopFlag stop;
  stop.request_stop();
  Limits stopped = limits_for(0.0, 1'000'000);
  stopped.stop = &stop;
  const Proof ended = prove_at(instance, cost, stopped);
  EXPECT_EQ(ended.result.limit, "stop");
  expect_true(instance, ended, *best, cost);
}

TEST(Branch, EndsAtACostThatOthersFound) {
  RandomShape shape;
  shape.classes = 8;
  shape.options = 20;
  const Instance instance = random_instance(shape, 5);
  const std::optional<double> best = optimum(instance);
  ASSERT_TRUE(best);
  const bound::Lagrangian relaxation(instance);
  const bound::Bound root = relaxation.improve({}, limits_for(0.0, 1));
  const BranchOptions options{.best_cost = [&] { return *best; }};
  const BranchResult result =
      prove(instance, relaxation, root, 2.0 * *best, limits_for(0.0, 100'000), options);
  EXPECT_EQ(result.limit, "gap");
  EXPECT_NEAR(result.cost, *best, kHalfMicro);
  EXPECT_NEAR(result.bound, *best, kHalfMicro);
  EXPECT_FALSE(result.better) << "others have that plan";
}

TEST(Branch, NothingToDoAtTheRoot) {
  testing::InstanceBuilder builder;
  const ClassId only = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0);
  builder.add_pair(only, builder.add_option(pool, 1), 1.5);
  const Instance instance = builder.build();
  const Proof proof = prove_at(instance, 4.0, limits_for(1e-4, 10));
  EXPECT_EQ(proof.result.limit, "gap");
  EXPECT_EQ(proof.result.nodes, 0);
  EXPECT_DOUBLE_EQ(proof.result.bound, 4.0);
  EXPECT_FALSE(proof.result.better);
}

TEST(Branch, RaisesTheBoundOfKnownInstances) {
  const auto known = testing::known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  for (const testing::KnownInstance& entry : known) {
    const Result<Instance> instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok());
    const Instance undominated = without_dominated(*instance).instance;
    const Proof proof = prove_at(undominated, entry.objective, limits_for(1e-4, 40));
    EXPECT_LE(proof.result.bound, entry.objective + kHalfMicro) << entry.name;
    EXPECT_GE(proof.result.bound, proof.root) << entry.name;
  }
}

}  // namespace
}  // namespace berth::branch
