// A solver's numbers are never quite whole; the plan made from them is.

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/solve/milp/milp.h"
#include "berth/solve/milp/repair.h"
#include "berth/solve/milp/reroute.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

milp::Formulation formulation_of(const Instance& instance) {
  milp::FormulationOptions options;
  options.strong_rows = milp::StrongRows::kUpFront;
  return milp::formulate(instance, options);
}

TEST(Repair, RemovesNoiseFromEveryColumn) {
  int compared = 0;
  for (std::uint64_t seed = 0; seed < 80; ++seed) {
    const Instance instance = random_instance(random_shape(seed, seed % 2 == 0), seed);
    const SolveResult exact = milp::solve_milp(instance, {}, {});
    if (!exact.solution) continue;
    const milp::Formulation form = formulation_of(instance);
    std::vector<double> value = milp::columns_of(instance, form, *exact.solution);
    Random random(seed);
    for (double& v : value) v += 2e-7 * (random.uniform() - 0.5);
    const std::optional<Solution> plan = milp::repaired(instance, form, value);
    ASSERT_TRUE(plan.has_value()) << "seed " << seed;
    EXPECT_TRUE(passes_check(instance, *plan)) << "seed " << seed;
    const double difference = price(instance, *plan).total().usd() - exact.cost.total().usd();
    EXPECT_NEAR(difference, 0.0, 1e-4 * std::max(1.0, exact.cost.total().usd())) << "seed " << seed;
    ++compared;
  }
  EXPECT_GT(compared, 40);
}

TEST(Repair, OpensWhatARouteNeeds) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 0.4);
  const Instance instance = builder.build();
  const milp::Formulation form = formulation_of(instance);
  std::vector<double> value(form.model.column_count(), 0.0);
  value[static_cast<std::size_t>(form.share[0])] = 1.0;  // and no replica
  const std::optional<Solution> plan = milp::repaired(instance, form, value);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->replicas[0], 1);
  EXPECT_EQ(plan->boxes[0], 1);
}

TEST(Repair, GivesBackWhatNothingNeeds) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 1.5);
  builder.add_option(pool, 1);
  const Instance instance = builder.build();
  const milp::Formulation form = formulation_of(instance);
  std::vector<double> value(form.model.column_count(), 0.0);
  value[static_cast<std::size_t>(form.share[0])] = 1.0;
  value[static_cast<std::size_t>(form.replicas[0])] = 4.0;
  value[static_cast<std::size_t>(form.replicas[1])] = 1.0;
  value[static_cast<std::size_t>(form.boxes[0])] = 9.0;
  const std::optional<Solution> plan = milp::repaired(instance, form, value);
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->replicas, (std::vector<std::int32_t>{2, 0}));
  EXPECT_EQ(plan->boxes[0], 2);
}

TEST(Repair, KnowsWhenThereIsNothingToRepair) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 1);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 2.5);
  const Instance instance = builder.build();
  const milp::Formulation form = formulation_of(instance);
  std::vector<double> value(form.model.column_count(), 0.0);
  value[static_cast<std::size_t>(form.share[0])] = 1.0;
  EXPECT_FALSE(milp::repaired(instance, form, value).has_value());
}

/// The duals of the routing say what a small change of a limit does, replicas fixed.
TEST(Reroute, DualsAreTheSlopeOfTheCost) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const ClassId c = builder.add_class({100.0, 1.0, kNoLimit, 0.25});
  const OptionId good = builder.add_option(pool, 1);
  const OptionId poor = builder.add_option(pool, 1);
  builder.add_pair(c, good, 2.0, {1.0, 0.1, 7.0});
  builder.add_pair(c, poor, 1.0, {1.0, 0.4, 2.0});
  const auto cost_with = [&](double max_error, std::int32_t replicas) {
    InstanceColumns columns = builder.columns();
    columns.classes.max_error[0] = max_error;
    const std::vector<std::int32_t> counts{replicas, 1};
    return milp::reroute(make_instance(columns), counts).value();
  };
  const milp::Rerouting base = cost_with(0.25, 2);
  EXPECT_NEAR(base.cost, 0.5 * 7.0 + 0.5 * 2.0, 1e-9);  // half each for the average error
  const double step = 1e-4;
  const double slope = (base.cost - cost_with(0.25 + step, 2).cost) / step;
  EXPECT_NEAR(base.error_worth[0], slope, 1e-5);
  EXPECT_GT(base.error_worth[0], 1.0);
  EXPECT_NEAR(base.replica_worth[good.index()], 0.0, 1e-9) << "half of two replicas is idle";
  // With one replica of the good option some demand stays unmet, so a replica more is worth much.
  const milp::Rerouting tight = cost_with(0.15, 1);
  EXPECT_GT(tight.unmet[0], 0.1);
  EXPECT_GT(tight.replica_worth[good.index()], 1.0);
}

TEST(Reroute, SaysWhenTheReplicasAreNotEnough) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 2.5);
  const std::vector<std::int32_t> replicas{2};
  EXPECT_FALSE(milp::reroute(builder.build(), replicas).has_value());
}

}  // namespace
}  // namespace berth
