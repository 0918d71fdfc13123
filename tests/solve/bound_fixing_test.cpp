// What the bound's prices rule out is in no better plan.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/solve/bound/bound.h"
#include "berth/solve/milp/milp.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth::bound {
namespace {

using testing::InstanceBuilder;

constexpr double kMicro = 1e-6;

Bound best_bound(const Lagrangian& lagrangian) {
  Limits limits;
  limits.gap = 0.0;
  return lagrangian.improve({}, limits);
}

SolveResult exactly(const Instance& instance) {
  Limits limits;
  limits.gap = 0.0;
  return milp::solve_milp(instance, {}, limits);
}

TEST(BoundFixing, NeverDropsAllBestPlans) {
  std::size_t options = 0;
  std::size_t kept = 0;
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    const testing::RandomShape shape = testing::random_shape(seed, seed % 2 == 1);
    const Instance instance = testing::random_instance(shape, seed);
    const SolveResult best = exactly(instance);
    if (!best.solution) continue;
    ++compared;
    const Lagrangian lagrangian(instance);
    const Fixing fixing = lagrangian.fix(best_bound(lagrangian), best.cost.total().usd() + kMicro);
    options += instance.option_count();
    kept += fixing.options;
    const ReducedInstance reduced = reduce(instance, fixing);
    EXPECT_EQ(reduced.instance.option_count(), fixing.options);
    EXPECT_EQ(reduced.instance.pair_count(), fixing.pairs);
    const SolveResult again = exactly(reduced.instance);
    ASSERT_TRUE(again.solution) << "seed " << seed << ": " << to_string(shape);
    EXPECT_NEAR(again.cost.total().usd(), best.cost.total().usd(),
                1e-6 * best.cost.total().usd() + 2e-6)
        << "seed " << seed << ": " << to_string(shape);
  }
  EXPECT_GT(compared, 80);
  EXPECT_LT(kept, options / 2) << "it fixes too little to be of use";
}

TEST(BoundFixing, NothingIsCheaperThanTheBoundItself) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 1.0);
  const Instance instance = builder.build();
  const Lagrangian lagrangian(instance);
  const Bound bound = best_bound(lagrangian);
  EXPECT_DOUBLE_EQ(bound.value, 2.0);
  EXPECT_EQ(lagrangian.fix(bound.prices, 2.0).options, 0U);
  const Fixing fixing = lagrangian.fix(bound.prices, 2.0 + kMicro);
  EXPECT_EQ(fixing.options, 1U);
  EXPECT_EQ(fixing.most_replicas[0], 1);
}

TEST(BoundFixing, KeepsWhatBothKeep) {
  const Instance instance = testing::random_instance(testing::random_shape(4, false), 4);
  Fixing a;
  a.keep.assign(instance.option_count(), 1);
  a.most_replicas.assign(instance.option_count(), 3);
  Fixing b = a;
  a.keep[0] = 0;
  a.most_replicas[0] = 0;
  b.most_replicas[1] = 2;
  const Fixing result = both(instance, a, b);
  EXPECT_EQ(result.keep[0], 0);
  EXPECT_EQ(result.most_replicas[1], 2);
  EXPECT_EQ(result.options, instance.option_count() - 1);
  EXPECT_EQ(result.pairs, instance.pair_count() - instance.pairs_of(OptionId(0)).size());
}

TEST(BoundFixing, ProfitsMatchWhatIsActive) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    const Instance instance = testing::random_instance(testing::random_shape(seed, false), seed);
    const Lagrangian lagrangian(instance);
    const Bound bound = best_bound(lagrangian);
    if (bound.infeasible) continue;
    const std::vector<OptionProfit> profits = lagrangian.profits(bound.prices);
    ASSERT_EQ(profits.size(), instance.option_count());
    for (std::size_t d = 0; d < profits.size(); ++d) {
      EXPECT_TRUE(std::isfinite(profits[d].profit));
      EXPECT_GE(bound.plan.active[d], -1e-12);
      EXPECT_LE(bound.plan.active[d], 1.0 + 1e-9);
      EXPECT_GE(bound.plan.replicas[d], bound.plan.active[d] * (1.0 - 1e-9));
    }
  }
}

}  // namespace
}  // namespace berth::bound
