// LPR, DVR and HF: valid, never below the optimum, and each what it says it is.

#include <gtest/gtest.h>

#include "berth/instance/instance_json.h"
#include "berth/instance/reduced_instance.h"
#include "berth/solve/baseline/baselines.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/reduced.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

struct Baseline {
  const char* name;
  SolveResult (*solve)(const Instance&, const Limits&);
};
void PrintTo(const Baseline& baseline, std::ostream* os) { *os << baseline.name; }

struct Tally {
  int feasible = 0;  ///< instances with a plan
  int found = 0;
  int greedy_found = 0;  ///< GH has a plan
  int missed = 0;        ///< GH has a plan, the baseline none
  double gap = 0.0;      ///< sum over `compared`
  int compared = 0;
};

void compare(Tally& tally, const Baseline& baseline, const RandomShape& shape, std::uint64_t seed) {
  const std::string name = "seed " + std::to_string(seed) + ": " + to_string(shape);
  const Instance instance = random_instance(shape, seed);
  const OracleAnswer exact = solve_exactly(instance);
  ASSERT_NE(exact.status, OracleAnswer::Status::kTimeLimit) << name;
  const SolveResult result = baseline.solve(instance, {});
  if (exact.status == OracleAnswer::Status::kInfeasible) {
    EXPECT_FALSE(result.solution.has_value()) << name;
    EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible) << name;
    EXPECT_FALSE(result.termination.detail.empty()) << name;
    return;
  }
  ++tally.feasible;
  const bool greedy = solve_greedy(instance, {}, {}).solution.has_value();
  tally.greedy_found += greedy ? 1 : 0;
  if (!result.solution) {
    EXPECT_FALSE(result.termination.proven) << name << ": " << result.termination.detail;
    EXPECT_FALSE(result.termination.detail.empty()) << name;
    tally.missed += greedy ? 1 : 0;
    return;
  }
  ++tally.found;
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
      << name;
  EXPECT_EQ(result.cost, price(instance, *result.solution)) << name;
  EXPECT_GE(result.cost.total().usd(), exact.objective - 1e-5) << name;
  if (result.lower_bound) {
    EXPECT_LE(*result.lower_bound, exact.objective + 1e-5) << name;
  }
  if (exact.objective > 0.01) {
    ++tally.compared;
    tally.gap += result.cost.total().usd() / exact.objective - 1.0;
  }
}

class Baselines : public ::testing::TestWithParam<Baseline> {
 protected:
  Tally tally_of(bool tight, std::uint64_t first) {
    Tally tally;
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
      compare(tally, GetParam(), random_shape(seed, tight), seed + first);
    }
    RecordProperty("feasible", tally.feasible);
    RecordProperty("found", tally.found);
    RecordProperty("found_by_gh", tally.greedy_found);
    RecordProperty("missed_where_gh_found", tally.missed);
    RecordProperty("mean_gap_percent", std::to_string(100.0 * tally.gap / tally.compared));
    return tally;
  }
  [[nodiscard]] bool one_pool_only() const { return std::string(GetParam().name) == "hf"; }
};

TEST_P(Baselines, AreValidAndNoBetterThanTheOptimumWithoutTightLimits) {
  const Tally tally = tally_of(false, 0);
  EXPECT_GT(tally.feasible, 80);
  if (!one_pool_only()) {
    EXPECT_LE(tally.missed, 0.02 * tally.feasible);
  }
  EXPECT_GT(tally.found, 0);
}

TEST_P(Baselines, AreValidAndNoBetterThanTheOptimumWithTightCapsAndBudgets) {
  const Tally tally = tally_of(true, 5000);
  EXPECT_GT(tally.feasible, 60);
  if (!one_pool_only()) {
    EXPECT_LE(tally.missed, 0.05 * tally.feasible);
  }
  EXPECT_GT(tally.found, 0);
}

TEST_P(Baselines, AreValidOnTheKnownInstances) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  for (const KnownInstance& entry : known) {
    const auto instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok()) << to_string(instance.errors().front());
    const SolveResult result = GetParam().solve(*instance, {});
    if (!result.solution) {
      EXPECT_TRUE(one_pool_only()) << entry.name << ": " << result.termination.detail;
      continue;
    }
    EXPECT_TRUE(
        passes_check(*instance, *result.solution, {result.cost.total(), entry.bound - 1e-6}))
        << entry.name;
    const double gap = result.cost.total().usd() / entry.objective - 1.0;
    RecordProperty(entry.name + "_gap_percent", std::to_string(100.0 * gap));
  }
}

TEST_P(Baselines, HonourATimeLimitThatIsOver) {
  const Instance instance = random_instance(random_shape(3, false), 3);
  Limits limits;
  limits.time = Seconds{1e-9};
  const SolveResult result = GetParam().solve(instance, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
}

INSTANTIATE_TEST_SUITE_P(All, Baselines,
                         ::testing::Values(Baseline{"lpr", solve_lpr}, Baseline{"dvr", solve_dvr},
                                           Baseline{"hf", solve_hf}),
                         [](const auto& entry) { return std::string(entry.param.name); });

/// Two classes, each with a GPU that suits it alone; one pool of large GPUs serves both together.
InstanceBuilder shared_or_alone() {
  InstanceBuilder builder;
  const PoolId small = builder.add_pool();
  const PoolId large = builder.add_pool();
  builder.add_offer(small, 1.0);
  builder.add_offer(large, 1.5);
  const OptionId chat_only = builder.add_option(small, 1);
  const OptionId code_only = builder.add_option(small, 1);
  const OptionId both = builder.add_option(large, 1);
  const ClassId chat = builder.add_class();
  const ClassId code = builder.add_class();
  builder.add_pair(chat, chat_only, 0.5);
  builder.add_pair(code, code_only, 0.5);
  builder.add_pair(chat, both, 0.5);
  builder.add_pair(code, both, 0.5);
  return builder;
}

TEST(Dvr, ChoosesForEachClassAloneAndMissesWhatTheyCouldShare) {
  const Instance instance = shared_or_alone().build();
  EXPECT_EQ(solve_exactly(instance).objective, 1.5);
  EXPECT_EQ(solve_dvr(instance, {}).cost.total(), CostRate::usd_per_hour(2.0));
}

TEST(Dvr, PoolsTheLoadOfClassesThatChooseTheSameOption) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId option = builder.add_option(pool, 1);
  for (int i = 0; i < 4; ++i) builder.add_pair(builder.add_class(), option, 0.25);
  const SolveResult result = solve_dvr(builder.build(), {});
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_EQ(result.solution->replicas[0], 1);
}

TEST(Hf, TakesTheCheapestPoolThatServesAll) {
  const SolveResult result = solve_hf(shared_or_alone().build(), {});
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(1.5));
  EXPECT_EQ(result.termination.detail, "all on pool 'pool-1'");
}

TEST(Hf, SaysWhichClassesEachPoolLeaves) {
  InstanceBuilder builder;
  for (int k = 0; k < 2; ++k) {
    const PoolId pool = builder.add_pool();
    builder.add_offer(pool, 1.0);
    builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 0.5);
  }
  const SolveResult result = solve_hf(builder.build(), {});
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_FALSE(result.termination.proven);  // two pools together serve both
  EXPECT_EQ(result.termination.detail,
            "no single pool serves every class: pool 'pool-0' has no option for 'class-1'; pool "
            "'pool-1' has no option for 'class-0'");
}

TEST(Hf, LeavesAClassThatMayBeLeftAtItsCost) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 0.5);
  builder.add_class({4.0, 1.0, kNoLimit, kNoLimit});
  const SolveResult result = solve_hf(builder.build(), {});
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(5.0));
}

TEST(Lpr, CarriesTheBoundOfTheRelaxation) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 1.5);
  const SolveResult result = solve_lpr(builder.build(), {});
  EXPECT_EQ(result.cost.total(), CostRate::usd_per_hour(4.0));
  ASSERT_TRUE(result.lower_bound.has_value());
  EXPECT_NEAR(*result.lower_bound, 3.0, 1e-5);
}

TEST(Lpr, KeepsTheWholeReplicasOfTheRelaxation) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId large = builder.add_option(pool, 4);
  const OptionId small = builder.add_option(pool, 1);
  const ClassId chat = builder.add_class();
  builder.add_pair(chat, large, 2.25);  // 9 GPUs
  builder.add_pair(chat, small, 10.0);  // 10 GPUs
  const SolveResult result = solve_lpr(builder.build(), {});
  ASSERT_TRUE(result.solution.has_value());
  EXPECT_GE(result.solution->replicas[0], 2);
}

TEST(Lpr, ProvesThatContradictingLimitsHaveNoPlan) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0, 1, 4);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 3.0);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 1), 3.0);
  const SolveResult result = solve_lpr(builder.build(), {});
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_TRUE(result.termination.proven);
}

TEST(Lpr, DoesNotTryWhatTheTimeDoesNotSufficeFor) {
  const Instance instance = random_instance(random_shape(5, false), 5);
  Limits limits;
  limits.time = Seconds{1e-9};
  const SolveResult result = solve_lpr(instance, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "size");
}

TEST(ReducedInstance, KeepsTheOptionsAskedForAndMapsBack) {
  const Instance instance = shared_or_alone().build();
  const std::vector<std::uint8_t> kept = {1, 0, 1};
  const ReducedInstance only = reduced_to(instance, kept);
  EXPECT_EQ(only.instance.option_count(), 2U);
  EXPECT_EQ(only.instance.pair_count(), 3U);
  const SolveResult result = solve_greedy(only.instance, {}, {});
  ASSERT_TRUE(result.solution.has_value());
  const Solution whole = out_of_reduced(only.new_index, *result.solution);
  EXPECT_TRUE(passes_check(instance, whole, {result.cost.total(), std::nullopt}));
  EXPECT_EQ(whole.replicas, (std::vector<std::int32_t>{0, 0, 1}));
}

}  // namespace
}  // namespace berth
