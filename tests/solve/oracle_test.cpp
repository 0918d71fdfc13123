// GH against the exact optimum on hundreds of small instances with every feature.

#include "tests/support/oracle.h"

#include <gtest/gtest.h>

#include "berth/solve/greedy/greedy.h"
#include "tests/support/assertions.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

struct Tally {
  int feasible = 0;  ///< instances with a plan
  int missed = 0;    ///< of these, GH found none
  double gap = 0.0;  ///< sum of (GH - optimum) / optimum
  int compared = 0;
};

void compare(Tally& tally, const RandomShape& shape, std::uint64_t seed) {
  const Instance instance = random_instance(shape, seed);
  const OracleAnswer exact = solve_exactly(instance);
  ASSERT_NE(exact.status, OracleAnswer::Status::kTimeLimit);
  const SolveResult result = solve_greedy(instance, {}, {});
  const std::string name = "seed " + std::to_string(seed) + ": " + to_string(shape);
  if (exact.status == OracleAnswer::Status::kInfeasible) {
    EXPECT_FALSE(result.solution.has_value()) << name;
    EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible) << name;
    EXPECT_FALSE(result.termination.detail.empty()) << name;
    return;
  }
  ++tally.feasible;
  if (!result.solution) {
    EXPECT_FALSE(result.termination.proven) << name;
    ++tally.missed;
    return;
  }
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), exact.bound - 1e-5}))
      << name;
  EXPECT_GE(result.cost.total().usd(), exact.objective - 1e-5) << name;
  if (exact.objective > 0.01) {
    ++tally.compared;
    tally.gap += result.cost.total().usd() / exact.objective - 1.0;
  }
}

TEST(Greedy, IsValidAndNoBetterThanTheOptimumWithoutTightLimits) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 160; ++seed) {
    compare(tally, random_shape(seed, false), seed);
  }
  RecordProperty("feasible", tally.feasible);
  RecordProperty("missed", tally.missed);
  const double mean_gap = tally.gap / tally.compared;
  RecordProperty("mean_gap_percent", std::to_string(100.0 * mean_gap));
  EXPECT_GT(tally.feasible, 100);
  EXPECT_LT(tally.missed, 0.02 * tally.feasible) << "GH misses plans that exist";
  EXPECT_LT(mean_gap, 0.10);
}

TEST(Greedy, IsValidAndNoBetterThanTheOptimumWithTightCapsAndBudgets) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 160; ++seed) {
    compare(tally, random_shape(seed, true), seed + 5000);
  }
  RecordProperty("feasible", tally.feasible);
  RecordProperty("missed", tally.missed);
  RecordProperty("mean_gap_percent", std::to_string(100.0 * tally.gap / tally.compared));
  EXPECT_GT(tally.feasible, 80);
  // Deciding whether any plan exists is NP-hard here; a heuristic may miss some.
  EXPECT_LT(tally.missed, 0.10 * tally.feasible) << "GH misses plans that exist";
}

}  // namespace
}  // namespace berth
