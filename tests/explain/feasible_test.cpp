// What limits cost, against plans computed by hand and by an exact solver.

#include <algorithm>
#include <array>

#include <gtest/gtest.h>

#include "berth/explain/explain.h"
#include "tests/explain/exact_solver.h"
#include "tests/support/instance_builder.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using testing::InstanceBuilder;
using testing::OracleAnswer;
using testing::solve_by_oracle;
using testing::solve_exactly;

const LimitPrice& worth_of(const Explanation& e, LimitKind kind) {
  return *std::find_if(e.worths.begin(), e.worths.end(),
                       [&](const LimitPrice& worth) { return e.limits[worth.limit].kind == kind; });
}

/// 10 replicas: 4 GPUs at 1 USD/h (capped) and the rest at 3.
Instance capped() {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class({.unmet_cost = 1000.0});
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 4);
  builder.add_offer(pool, 3.0);
  builder.add_pair(query_class, builder.add_option(pool, 1), 10.0);
  return builder.build();
}

TEST(ExplainFeasible, AQuotaCostsWhatItsBoxesWouldSave) {
  const Instance instance = capped();
  const Result<Explanation> e = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(e.ok());
  ASSERT_EQ(e->status, Explanation::Status::kFeasible);
  EXPECT_EQ(e->best->cost, CostRate::usd_per_hour(22.0));
  EXPECT_TRUE(e->best->optimal);
  const LimitPrice& quota = worth_of(*e, LimitKind::kQuota);
  EXPECT_EQ(quota.used, 4.0);
  EXPECT_TRUE(quota.tight);
  EXPECT_EQ(quota.lifted.usd, CostRate::usd_per_hour(12.0));
  EXPECT_EQ(quota.lifted.basis, Basis::kStep);
  ASSERT_TRUE(quota.step);
  EXPECT_EQ(quota.step->value, 5.0);
  EXPECT_EQ(quota.step->usd, CostRate::usd_per_hour(2.0));
  ASSERT_TRUE(quota.dual);
  EXPECT_EQ(quota.dual->source, DualWorth::Source::kRelaxation);
}

TEST(ExplainFeasible, AStepThatSavesNothingIsFollowedByTheFirstThatDoes) {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class({.max_delay = 1.0});
  const PoolId dear = builder.add_pool();
  builder.add_offer(dear, 10.0);
  const PoolId cheap = builder.add_pool();
  builder.add_offer(cheap, 1.0);
  builder.add_pair(query_class, builder.add_option(dear, 1), 1.0, {.delay = 1.0});
  builder.add_pair(query_class, builder.add_option(cheap, 1), 1.0, {.delay = 2.55});
  const Instance instance = builder.build();
  const Result<Explanation> e = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(e.ok());
  const LimitPrice& delay = worth_of(*e, LimitKind::kAverageDelay);
  EXPECT_EQ(delay.lifted.usd, CostRate::usd_per_hour(9.0));
  ASSERT_TRUE(delay.step);
  EXPECT_EQ(delay.step->usd, CostRate());
  ASSERT_TRUE(delay.first);
  EXPECT_EQ(delay.first->value, 2.6);
  EXPECT_EQ(delay.first->usd, CostRate::usd_per_hour(9.0));
  ASSERT_TRUE(delay.dual);
  EXPECT_EQ(delay.dual->source, DualWorth::Source::kRouting);
}

TEST(ExplainFeasible, ABudgetAboveTheLeastCostIsKnownNotToBind) {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.set_budget(50.0);
  builder.add_pair(query_class, builder.add_option(pool, 1), 5.0);
  const Instance instance = builder.build();
  const Result<Explanation> e = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(e.ok());
  EXPECT_EQ(worth_of(*e, LimitKind::kBudget).lifted.basis, Basis::kBound);
  EXPECT_EQ(worth_of(*e, LimitKind::kBudget).lifted.usd, CostRate());
}

TEST(ExplainFeasible, WhatTheTimeDoesNotSufficeForIsSaid) {
  const Instance instance = capped();
  Limits limits;
  StopFlag stop;
  limits.stop = &stop;
  int calls = 0;
  const Solver stopping = [&](const Instance& asked, bool any_plan, const Limits& inner) {
    SolveResult result = solve_by_oracle(asked, any_plan, inner);
    if (++calls == 1) stop.request_stop();
    return result;
  };
  const Result<Explanation> e = explain_instance(instance, stopping, limits);
  ASSERT_TRUE(e.ok());
  EXPECT_EQ(e->status, Explanation::Status::kFeasible);
  for (const LimitPrice& worth : e->worths) {
    EXPECT_EQ(worth.lifted.basis, Basis::kNotComputed);
  }
  EXPECT_FALSE(e->notes.empty());
}

TEST(ExplainFeasible, RandomInstancesSaveWhatAnExactSolverSaves) {
  int costly = 0;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    testing::RandomShape shape = testing::random_shape(seed, true);
    shape.classes = std::min(shape.classes, 3);
    shape.options = std::min(shape.options, 6);
    const Instance instance = testing::random_instance(shape, seed);
    const OracleAnswer base = solve_exactly(instance);
    if (base.status != OracleAnswer::Status::kOptimal) continue;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + testing::to_string(shape));
    const Result<Explanation> e = explain_instance(instance, testing::solve_by_milp, {});
    ASSERT_TRUE(e.ok()) << to_string(e.errors().front());
    ASSERT_EQ(e->status, Explanation::Status::kFeasible);
    const Problem problem = instance_problem(instance);
    for (const LimitPrice& worth : e->worths) {
      const auto saves = [&](const Saving& saving) {
        const Change change{worth.limit, saving.value};
        const Result<Instance> relaxed = problem.build(std::array{change});
        return base.objective - solve_exactly(*relaxed).objective;
      };
      const double tolerance = 4e-4 * base.objective + 1e-5;
      EXPECT_NEAR(worth.lifted.usd.usd(), saves(worth.lifted), tolerance);
      if (worth.step) {
        EXPECT_NEAR(worth.step->usd.usd(), saves(*worth.step), tolerance);
      }
      if (worth.first) {
        EXPECT_GT(worth.first->usd, CostRate());
      }
      if (worth.lifted.usd > CostRate()) ++costly;
    }
  }
  EXPECT_GT(costly, 8);
}

TEST(ExplainFeasible, MoreTpotLimitsThanTargetsAreNoted) {
  std::string text =
      "format: berth.fleet/1\nmodels: [llama-3.1-8b]\npolicy: {tpot_targets: 2}\n"
      "pools: [{name: h100, gpu: h100-sxm, offers: [{name: rent, cost: 4}]}]\nclasses:\n";
  for (const char* const tpot : {"30ms", "40ms", "50ms"}) {
    text += std::string("  - {name: c") + tpot +
            ", rate: 1, prompt_tokens: 100, output_tokens: 100, slo: {tpot: " + tpot + "}}\n";
  }
  Result<Fleet> fleet = parse_fleet("test", text, ".");
  ASSERT_TRUE(fleet.ok()) << to_string(fleet.errors().front());
  EXPECT_EQ(fleet_problem(*fleet)->notes.size(), 1U);
  fleet->policy.tpot_targets = 3;
  EXPECT_TRUE(fleet_problem(*fleet)->notes.empty());
}

TEST(ExplainFeasible, AFleetsPlanIsSetBesideTheBestOne) {
  const Result<Fleet> fleet = parse_fleet("test", R"(
format: berth.fleet/1
models: [llama-3.1-8b]
pools: [{name: h100, gpu: h100-sxm, offers: [{name: owned, lot: 1, cost: 1, max: 1}, {name: rent, lot: 1, cost: 4}]}]
classes: [{name: chat, rate: 60, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 500ms, tpot: 30ms}, quality: {min: 0.3}}]
)",
                                          ".");
  ASSERT_TRUE(fleet.ok()) << to_string(fleet.errors().front());
  const Result<BuiltInstance> built = build_instance(*fleet);
  ASSERT_TRUE(built.ok());
  const Plan plan = assemble_plan(*fleet, *built, *solve_exactly(built->instance).solution, {});
  const Result<Explanation> e = explain_fleet(*fleet, solve_by_oracle, {}, &plan);
  ASSERT_TRUE(e.ok()) << to_string(e.errors().front());
  EXPECT_EQ(e->given, plan.cost.total());
  const LimitPrice& quota = worth_of(*e, LimitKind::kQuota);
  EXPECT_EQ(quota.given_used, 1.0);
  EXPECT_TRUE(quota.given_tight);
  EXPECT_GT(quota.lifted.usd, CostRate());
  EXPECT_GT(*worth_of(*e, LimitKind::kTtft).used, 0.0);
}

}  // namespace
}  // namespace berth
