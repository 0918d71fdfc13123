// Limits, determinism and odd inputs of the bound.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/solve/bound/bound.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"
#include "tests/support/synthetic_instance.h"

namespace berth::bound {
namespace {

using testing::ClassLimits;
using testing::InstanceBuilder;

Limits exact_limits() {
  Limits limits;
  limits.gap = 0.0;
  return limits;
}

void expect_same(const Bound& a, const Bound& b) {
  EXPECT_EQ(a.value, b.value);
  EXPECT_EQ(a.passes, b.passes);
  EXPECT_EQ(a.prices.demand, b.prices.demand);
  EXPECT_EQ(a.prices.pool, b.prices.pool);
  EXPECT_EQ(a.plan.active, b.plan.active);
}

TEST(BoundSearch, TheSameAtAnyNumberOfThreads) {
  const Instance large = testing::synthetic_instance({130, 12, 10}, 3);
  ASSERT_GT(large.pair_count(), 200'000U) << "too small for a second thread";
  const Lagrangian lagrangian(large);
  Limits limits = exact_limits();
  limits.iterations = 12;
  limits.threads = 1;
  const Bound alone = lagrangian.improve({}, limits);
  for (const int threads : {2, 3, 8}) {
    limits.threads = threads;
    expect_same(alone, lagrangian.improve({}, limits));
  }
}

TEST(BoundSearch, StopsAtItsLimits) {
  const Instance instance = testing::synthetic_instance({20, 6, 6}, 1);
  const Lagrangian lagrangian(instance);
  Limits limits = exact_limits();
  limits.iterations = 3;
  EXPECT_EQ(lagrangian.improve({}, limits).passes, 3);
  EXPECT_EQ(lagrangian.improve({}, limits).limit, "iterations");

  limits = exact_limits();
  limits.time = Seconds{0.0};
  const Bound hurried = lagrangian.improve({}, limits);
  EXPECT_EQ(hurried.limit, "time");
  EXPECT_EQ(hurried.passes, 1);
  EXPECT_GT(hurried.value, 0.0);

  StopFlag stop;
  stop.request_stop();
  limits = exact_limits();
  limits.stop = &stop;
  EXPECT_EQ(lagrangian.improve({}, limits).limit, "stop");

  const Bound full = lagrangian.improve({}, exact_limits());
  EXPECT_EQ(full.limit, "converged");
  BoundOptions options;
  options.best_cost = [&] { return 1.02 * full.value; };
  limits = exact_limits();
  limits.gap = 0.05;
  const Bound near = lagrangian.improve(options, limits);
  EXPECT_EQ(near.limit, "gap");
  EXPECT_LT(near.passes, full.passes);
  EXPECT_GE(near.value, 0.95 * 1.02 * full.value);
}

TEST(BoundSearch, GoesOnFromGivenPrices) {
  const Instance instance = testing::synthetic_instance({30, 8, 8}, 2);
  const Lagrangian lagrangian(instance);
  const Bound full = lagrangian.improve({}, exact_limits());
  BoundOptions options;
  options.start = &full.prices;
  Limits limits = exact_limits();
  limits.iterations = 1;
  EXPECT_GE(lagrangian.improve(options, limits).value, full.value * (1.0 - 1e-9));
}

TEST(BoundSearch, NothingToServe) {
  const Instance nothing = InstanceBuilder().build();
  const Bound bound = Lagrangian(nothing).improve({}, exact_limits());
  EXPECT_EQ(bound.value, 0.0);
  EXPECT_FALSE(bound.infeasible);
}

TEST(BoundSearch, AClassWithoutOptions) {
  InstanceBuilder unserved;
  unserved.add_class();
  EXPECT_TRUE(Lagrangian(unserved.build()).improve({}, exact_limits()).infeasible);

  InstanceBuilder free;
  ClassLimits limits;
  limits.unmet_cost = 3.5;
  limits.max_unmet = 1.0;
  free.add_class(limits);
  const Bound bound = Lagrangian(free.build()).improve({}, exact_limits());
  EXPECT_FALSE(bound.infeasible);
  EXPECT_NEAR(bound.value, 3.5, 1e-6);
}

TEST(BoundSearch, CostsNothing) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 0.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 2.5);
  const Bound bound = Lagrangian(builder.build()).improve({}, exact_limits());
  EXPECT_EQ(bound.value, 0.0);
  EXPECT_FALSE(bound.infeasible);
}

TEST(BoundSearch, LoadsOfAnySize) {
  for (const double load : {1e-9, 1e-3, 1.0, 1e6, 1e300}) {
    InstanceBuilder builder;
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.5);
    const OptionId option = builder.add_option(pool, 2);
    builder.add_pair(builder.add_class(), option, load);
    builder.add_pair(builder.add_class(), option, 0.25);
    const Bound bound = Lagrangian(builder.build()).improve({}, exact_limits());
    if (load > 1e100) continue;  // the cost of such a plan is beyond what money can count
    const double cost = 3.0 * std::ceil(load + 0.25);
    EXPECT_LE(bound.value, cost) << load;
    EXPECT_GE(bound.value, 0.999 * std::max(3.0, 3.0 * load)) << load;
  }
}

TEST(BoundSearch, NoMoney) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  ClassLimits limits;
  limits.unmet_cost = 7.0;
  limits.max_unmet = 1.0;
  builder.add_pair(builder.add_class(limits), builder.add_option(pool, 1), 0.5);
  builder.set_budget(0.0);
  const Bound bound = Lagrangian(builder.build()).improve({}, exact_limits());
  EXPECT_NEAR(bound.value, 7.0, 1e-5);
  EXPECT_LE(bound.value, 7.0);
}

TEST(BoundSearch, RoundsUpToWhatPlansCanCost) {
  // Two classes of 0.6 replicas each: 1.2 GPUs in fractions, 2 in truth, of 0.35 USD/h.
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 0.35);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 0.6);
  builder.add_pair(builder.add_class(), option, 0.6);
  EXPECT_DOUBLE_EQ(Lagrangian(builder.build()).improve({}, exact_limits()).value, 0.7);
}

TEST(BoundSearch, BoxesStayWhole) {
  // One GPU is needed, but only a box of 8 is on offer.
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 16.0, 8);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 0.9);
  EXPECT_DOUBLE_EQ(Lagrangian(builder.build()).improve({}, exact_limits()).value, 16.0);
}

TEST(BoundSearch, CapsAndBudgetsThatContradict) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 2);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 2.5);
  EXPECT_TRUE(Lagrangian(builder.build()).improve({}, exact_limits()).infeasible);

  InstanceBuilder poor;
  const PoolId other = poor.add_pool();
  poor.add_offer(other, 1.0);
  poor.add_pair(poor.add_class(), poor.add_option(other, 1), 2.5);
  poor.set_budget(2.0);
  EXPECT_TRUE(Lagrangian(poor.build()).improve({}, exact_limits()).infeasible);
}

}  // namespace
}  // namespace berth::bound
