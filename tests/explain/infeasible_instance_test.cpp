// On random infeasible instances: the conflict is minimal, every relaxation leaves a plan, and no
// smaller one does. All held against an exact solver that the explanation did not choose.

#include <algorithm>

#include <gtest/gtest.h>

#include "berth/explain/explain.h"
#include "berth/explain/ladder.h"
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

bool feasible(const Problem& problem, const std::vector<Change>& changes) {
  const Result<Instance> instance = problem.build(changes);
  EXPECT_TRUE(instance.ok());
  return solve_exactly(*instance).status == OracleAnswer::Status::kOptimal;
}

/// Everything lifted but these limits.
std::vector<Change> keeping(const Problem& problem, const std::vector<std::size_t>& kept) {
  std::vector<Change> changes;
  for (std::size_t k = 0; k < problem.limits.size(); ++k) {
    if (std::find(kept.begin(), kept.end(), k) == kept.end()) changes.push_back({k, {}});
  }
  return changes;
}

void expect_minimal(const Problem& problem, const Conflict& conflict) {
  EXPECT_TRUE(conflict.minimal);
  ASSERT_FALSE(conflict.limits.empty());
  EXPECT_FALSE(feasible(problem, keeping(problem, conflict.limits)));
  for (std::size_t drop = 0; drop < conflict.limits.size(); ++drop) {
    std::vector<std::size_t> fewer = conflict.limits;
    fewer.erase(fewer.begin() + static_cast<std::ptrdiff_t>(drop));
    EXPECT_TRUE(feasible(problem, keeping(problem, fewer)))
        << "still infeasible without " << to_string(problem.limits[conflict.limits[drop]].kind);
  }
}

void expect_true(const Problem& problem, const Relaxation& relaxation) {
  const Result<Instance> relaxed = problem.build(relaxation.changes);
  ASSERT_TRUE(relaxed.ok());
  const OracleAnswer answer = solve_exactly(*relaxed);
  ASSERT_EQ(answer.status, OracleAnswer::Status::kOptimal);
  ASSERT_TRUE(relaxation.price);
  EXPECT_NEAR(relaxation.price->cost.usd(), answer.objective, 2e-4 * answer.objective + 1e-5);
}

/// One limit, one rung of its ladder less.
void expect_smallest(const Problem& problem, const Relaxation& relaxation) {
  const Change& change = relaxation.changes.front();
  const Limit& limit = problem.limits[change.limit];
  if (!change.value || relaxation.changes.size() != 1) return;
  const double step = limit.kind == LimitKind::kBudget ? 0.01 : 0.0;
  double smaller = *change.value - step;
  if (step == 0.0) {
    smaller = limit.value;
    for (std::int64_t k = 1; relaxed_value(limit, k) != change.value; ++k) {
      ASSERT_TRUE(relaxed_value(limit, k)) << "not on the ladder";
      smaller = *relaxed_value(limit, k);
    }
  }
  EXPECT_TRUE(relaxation.smallest);
  EXPECT_FALSE(feasible(problem, {{change.limit, smaller}}))
      << to_string(limit.kind) << " " << limit.value << " -> " << smaller << " is enough";
}

TEST(ExplainInfeasible, RandomInstancesHaveMinimalConflictsAndTrueRelaxations) {
  int infeasible = 0;
  int relaxed = 0;
  for (std::uint64_t seed = 0; infeasible < 40 && seed < 2000; ++seed) {
    testing::RandomShape shape = testing::random_shape(seed, true);
    shape.classes = std::min(shape.classes, 4);
    shape.options = std::min(shape.options, 8);
    const Instance instance = testing::random_instance(shape, seed);
    if (solve_exactly(instance).status != OracleAnswer::Status::kInfeasible) continue;
    ++infeasible;
    SCOPED_TRACE("seed " + std::to_string(seed) + ": " + testing::to_string(shape));
    const Result<Explanation> explained = explain_instance(instance, testing::solve_by_milp, {});
    ASSERT_TRUE(explained.ok()) << to_string(explained.errors().front());
    ASSERT_EQ(explained->status, Explanation::Status::kInfeasible);
    const Problem problem = instance_problem(instance);
    expect_minimal(problem, explained->conflicts.front());
    EXPECT_FALSE(explained->relaxations.empty());
    for (const Relaxation& relaxation : explained->relaxations) {
      expect_true(problem, relaxation);
      expect_smallest(problem, relaxation);
      ++relaxed;
    }
    for (const Relaxation& relaxation : explained->not_enough) {
      std::vector<Change> lifted = relaxation.changes;
      for (Change& change : lifted) change.value.reset();
      EXPECT_FALSE(feasible(problem, lifted));
    }
  }
  EXPECT_EQ(infeasible, 40);
  EXPECT_GE(relaxed, infeasible);
}

TEST(ExplainInfeasible, TwoPoolsThatMustBothGrowAreRelaxedTogether) {
  InstanceBuilder builder;
  for (int k = 0; k < 2; ++k) {
    const ClassId query_class = builder.add_class();
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 8.0, 4, 1);  // 4 GPUs, 10 are needed
    const OptionId option = builder.add_option(pool, 1);
    builder.add_pair(query_class, option, 10.0);
  }
  const Instance instance = builder.build();
  const Result<Explanation> explained = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(explained.ok());
  EXPECT_EQ(explained->conflicts.size(), 2U);
  EXPECT_FALSE(explained->not_enough.empty());
  const auto both = std::find_if(
      explained->relaxations.begin(), explained->relaxations.end(), [&](const Relaxation& r) {
        return explained->limits[r.changes.front().limit].kind == LimitKind::kQuota;
      });
  ASSERT_NE(both, explained->relaxations.end());
  ASSERT_EQ(both->changes.size(), 2U);
  EXPECT_EQ(both->changes[0].value, 12.0);
  EXPECT_EQ(both->changes[1].value, 12.0);
  ASSERT_TRUE(both->price);
  EXPECT_EQ(both->price->cost, CostRate::usd_per_hour(48.0));
}

TEST(ExplainInfeasible, DifferentConflictsNeedAMixture) {
  InstanceBuilder builder;
  const ClassId slow = builder.add_class({.max_delay = 1.0});
  const ClassId large = builder.add_class();
  const PoolId free = builder.add_pool();
  builder.add_offer(free, 1.0);
  const PoolId capped = builder.add_pool();
  builder.add_offer(capped, 1.0, 1, 2);
  builder.add_pair(slow, builder.add_option(free, 1), 1.0, {.delay = 1.23});
  builder.add_pair(large, builder.add_option(capped, 1), 5.0);
  const Instance instance = builder.build();
  const Result<Explanation> explained = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(explained.ok());
  const auto mixture = std::find_if(explained->relaxations.begin(), explained->relaxations.end(),
                                    [&](const Relaxation& r) { return r.changes.size() == 2; });
  ASSERT_NE(mixture, explained->relaxations.end());
  for (const Change& change : mixture->changes) {
    const bool quota = explained->limits[change.limit].kind == LimitKind::kQuota;
    EXPECT_EQ(change.value, quota ? 5.0 : 1.3);
  }
}

TEST(ExplainInfeasible, AGroupThatForbidsASecondOptionIsNamed) {
  InstanceBuilder builder;
  for (int k = 0; k < 2; ++k) {
    const ClassId query_class = builder.add_class();
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.0);
    builder.add_pair(query_class, builder.add_option(pool, 1, {.group = 0}), 1.0);
  }
  const Instance instance = builder.build();
  const Result<Explanation> explained = explain_instance(instance, solve_by_oracle, {});
  ASSERT_TRUE(explained.ok());
  ASSERT_EQ(explained->conflicts.front().limits.size(), 3U);
  const Relaxation& first = explained->relaxations.front();
  EXPECT_EQ(explained->limits[first.changes.front().limit].kind, LimitKind::kGroup);
  ASSERT_TRUE(first.price);
  EXPECT_EQ(first.price->cost, CostRate::usd_per_hour(2.0));
}

TEST(ExplainInfeasible, WithoutAnExactAnswerNothingIsClaimed) {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.set_budget(3.0);
  builder.add_pair(query_class, builder.add_option(pool, 1), 5.0);
  const Instance instance = builder.build();
  const Result<Explanation> explained = explain_instance(instance, testing::give_up, {});
  ASSERT_FALSE(explained.ok());
  EXPECT_EQ(explained.errors().front().code, ErrorCode::kLimitReached);
}

TEST(ExplainInfeasible, ASolverThatFailsIsNotHidden) {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.set_budget(3.0);
  builder.add_pair(query_class, builder.add_option(pool, 1), 5.0);
  const Instance instance = builder.build();
  const Solver failing = [](const Instance&, bool, const Limits&) {
    SolveResult result;
    result.termination.reason = TerminationReason::kError;
    result.termination.detail = "out of order";
    return result;
  };
  const Result<Explanation> explained = explain_instance(instance, failing, {});
  ASSERT_FALSE(explained.ok());
  EXPECT_EQ(explained.errors().front().code, ErrorCode::kInternal);
}

TEST(ExplainInfeasible, APlanThatBreaksALimitIsABug) {
  InstanceBuilder builder;
  const ClassId query_class = builder.add_class();
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.set_budget(3.0);
  builder.add_pair(query_class, builder.add_option(pool, 1), 5.0);
  const Instance instance = builder.build();
  const Solver liar = [](const Instance& asked, bool, const Limits&) {
    SolveResult result;
    result.method = "liar";
    result.termination.reason = TerminationReason::kOptimal;
    Solution nothing;
    nothing.replicas.assign(asked.option_count(), 0);
    nothing.boxes.assign(asked.offer_count(), 0);
    nothing.unmet.assign(asked.class_count(), 0.0);
    result.solution = nothing;
    return result;
  };
  const Result<Explanation> explained = explain_instance(instance, liar, {});
  ASSERT_FALSE(explained.ok());
  EXPECT_EQ(explained.errors().front().code, ErrorCode::kInternal);
}

}  // namespace
}  // namespace berth
