// AGH against the exact optimum on hundreds of small instances with every feature.

#include <algorithm>

#include <gtest/gtest.h>

#include "berth/solve/adaptive/adaptive.h"
#include "berth/solve/greedy/greedy.h"
#include "tests/support/assertions.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

struct Tally {
  int feasible = 0;  ///< instances with a plan
  int missed = 0;    ///< of these, AGH found none
  std::vector<double> gaps;

  [[nodiscard]] double mean() const {
    double sum = 0.0;
    for (const double gap : gaps) sum += gap;
    return sum / static_cast<double>(gaps.size());
  }
  [[nodiscard]] double share_above(double gap) const {
    const auto count = std::count_if(gaps.begin(), gaps.end(), [&](double g) { return g > gap; });
    return static_cast<double>(count) / static_cast<double>(gaps.size());
  }
};

void compare(Tally& tally, const RandomShape& shape, std::uint64_t seed) {
  const std::string name = "seed " + std::to_string(seed) + ": " + to_string(shape);
  const Instance instance = random_instance(shape, seed);
  const OracleAnswer exact = solve_exactly(instance);
  ASSERT_NE(exact.status, OracleAnswer::Status::kTimeLimit) << name;
  Limits limits;
  limits.iterations = 1000;
  limits.threads = 1;
  const SolveResult result = solve_adaptive(instance, {}, limits);
  if (exact.status == OracleAnswer::Status::kInfeasible) {
    EXPECT_FALSE(result.solution.has_value()) << name;
    EXPECT_FALSE(result.termination.detail.empty()) << name;
    return;
  }
  ++tally.feasible;
  EXPECT_FALSE(result.termination.proven && !result.solution) << name;
  if (!result.solution) {
    EXPECT_FALSE(solve_greedy(instance, {}, {}).solution.has_value()) << name << ": GH finds one";
    ++tally.missed;
    return;
  }
  EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
      << name;
  EXPECT_EQ(result.cost, price(instance, *result.solution)) << name;
  EXPECT_GE(result.cost.total().usd(), exact.objective - 1e-5) << name;
  if (result.lower_bound) {
    EXPECT_LE(*result.lower_bound, exact.objective + 1e-5) << name;
  }
  if (exact.objective > 0.01) {
    tally.gaps.push_back(std::max(0.0, result.cost.total().usd() / exact.objective - 1.0));
  }
}

void report(const Tally& tally) {
  ::testing::Test::RecordProperty("feasible", tally.feasible);
  ::testing::Test::RecordProperty("missed", tally.missed);
  const auto percent = [](double share) { return std::to_string(100.0 * share); };
  ::testing::Test::RecordProperty("mean_gap_percent", percent(tally.mean()));
  ::testing::Test::RecordProperty("above_0.1_percent", percent(tally.share_above(0.001)));
  ::testing::Test::RecordProperty("above_1_percent", percent(tally.share_above(0.01)));
  ::testing::Test::RecordProperty("worst_percent",
                                  percent(*std::max_element(tally.gaps.begin(), tally.gaps.end())));
}

TEST(Adaptive, IsNearTheOptimumWithoutTightLimits) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 110; ++seed) {
    compare(tally, random_shape(seed, false), seed);
  }
  report(tally);
  EXPECT_GT(tally.feasible, 80);
  EXPECT_EQ(tally.missed, 0) << "AGH misses plans that exist";
  EXPECT_LT(tally.mean(), 0.001);
  EXPECT_LT(tally.share_above(0.01), 0.02);
}

TEST(Adaptive, IsNearTheOptimumWithTightCapsAndBudgets) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 110; ++seed) {
    compare(tally, random_shape(seed, true), seed + 5000);
  }
  report(tally);
  EXPECT_GT(tally.feasible, 60);
  EXPECT_LT(tally.missed, 0.03 * tally.feasible) << "AGH misses plans that exist";
  EXPECT_LT(tally.mean(), 0.002);
  EXPECT_LT(tally.share_above(0.01), 0.02);
}

/// More classes and options that share replicas and boxes.
TEST(Adaptive, IsNearTheOptimumOfLargerInstances) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= 9; ++seed) {
    RandomShape shape = random_shape(seed, seed % 2 == 0);
    shape.classes = 10;
    shape.options = 18;
    compare(tally, shape, seed + 9000);
  }
  report(tally);
  EXPECT_LT(tally.mean(), 0.01);
}

}  // namespace
}  // namespace berth
