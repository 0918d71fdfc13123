#include <gtest/gtest.h>

#include "berth/instance/instance_json.h"
#include "berth/solve/greedy/greedy.h"
#include "berth/solve/milp/milp.h"
#include "tests/support/assertions.h"
#include "tests/support/oracle.h"
#include "tests/support/shared_instances.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

TEST(KnownInstances, GreedyIsValidAndWithinFifteenPercentOfEachOptimum) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  double gaps = 0.0;
  for (const KnownInstance& entry : known) {
    const auto instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok()) << to_string(instance.errors().front());
    const SolveResult result = solve_greedy(*instance, {}, {});
    ASSERT_TRUE(result.solution.has_value()) << entry.name << ": " << result.termination.detail;
    EXPECT_TRUE(
        passes_check(*instance, *result.solution, {result.cost.total(), entry.bound - 1e-6}))
        << entry.name;
    const double gap = result.cost.total().usd() / entry.objective - 1.0;
    RecordProperty(entry.name + "_gap_percent", std::to_string(100.0 * gap));
    EXPECT_LE(gap, 0.15) << entry.name;
    gaps += gap;
  }
  EXPECT_LT(gaps / static_cast<double>(known.size()), 0.03);
}

TEST(KnownInstances, TheOracleReproducesTheQuickOptima) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  for (const KnownInstance& entry : known) {
    const std::string id = entry.name.substr(0, 3);
    if (id != "t1-" && id != "t2-" && id != "t5-" && id != "t9-") continue;
    const auto instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok());
    const OracleAnswer answer = solve_exactly(without_dominated_options(*instance));
    ASSERT_EQ(answer.status, OracleAnswer::Status::kOptimal) << entry.name;
    EXPECT_NEAR(answer.objective, entry.objective, 1e-5) << entry.name;
  }
}

/// One test an instance, so that they run side by side.
class KnownOptimum : public ::testing::TestWithParam<int> {};

TEST_P(KnownOptimum, IsSolvedToItsKnownOptimum) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  ASSERT_EQ(known.size(), 9U);
  const KnownInstance& entry = known[static_cast<std::size_t>(GetParam())];
  const auto instance = read_instance(entry.path);
  ASSERT_TRUE(instance.ok());
  Limits limits;
  limits.threads = 1;
  const SolveResult result = milp::solve_milp(*instance, {}, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kOptimal) << entry.name;
  EXPECT_NEAR(result.cost.total().usd(), entry.objective, 1e-4 * entry.objective) << entry.name;
  EXPECT_LE(*result.lower_bound, entry.objective + 1e-9) << entry.name;
  EXPECT_TRUE(passes_check(*instance, *result.solution, {result.cost.total(), result.lower_bound}))
      << entry.name;
}

INSTANTIATE_TEST_SUITE_P(All, KnownOptimum, ::testing::Range(0, 9));

}  // namespace
}  // namespace berth
