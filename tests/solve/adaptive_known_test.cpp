// AGH on the shared instances, whose optima are known.

#include <gtest/gtest.h>

#include "berth/instance/instance_json.h"
#include "berth/solve/adaptive/adaptive.h"
#include "tests/support/assertions.h"
#include "tests/support/shared_instances.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

Limits moves(std::int64_t count) {
  Limits limits;
  limits.iterations = count;
  limits.threads = 1;
  return limits;
}

/// Every known optimum within one percent after few moves.
TEST(AdaptiveKnown, OptimaAreReachedWithinOnePercent) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  for (const KnownInstance& entry : known) {
    const auto instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok()) << entry.name;
    AdaptiveOptions options;
    options.seed = 4;
    const SolveResult result = solve_adaptive(*instance, options, moves(4000));
    ASSERT_TRUE(result.solution.has_value()) << entry.name;
    EXPECT_TRUE(
        passes_check(*instance, *result.solution, {result.cost.total(), result.lower_bound}))
        << entry.name;
    EXPECT_EQ(result.cost, price(*instance, *result.solution)) << entry.name;
    const double gap = result.cost.total().usd() / entry.objective - 1.0;
    RecordProperty(entry.name + "_gap_percent", std::to_string(100.0 * gap));
    EXPECT_GE(gap, -1e-6) << entry.name;
    EXPECT_LE(gap, 0.01) << entry.name;
    EXPECT_LE(result.lower_bound.value_or(0.0), entry.objective + 1e-6) << entry.name;
  }
}

/// The optimum has boxes of a pool that no greedy plan uses: all replicas have to move at once.
TEST(AdaptiveKnown, FewMovesFindTheRightBoxesWithAnySeed) {
  const std::vector<KnownInstance> known = known_instances();
  if (known.empty()) GTEST_SKIP() << "the shared instances are not there";
  for (const KnownInstance& entry : known) {
    if (entry.name.find("boxes") == std::string::npos) continue;
    const auto instance = read_instance(entry.path);
    ASSERT_TRUE(instance.ok()) << entry.name;
    for (std::uint64_t seed = 1; seed <= 6; ++seed) {
      AdaptiveOptions options;
      options.seed = seed;
      const SolveResult result = solve_adaptive(*instance, options, moves(2200));
      ASSERT_TRUE(result.solution.has_value()) << entry.name;
      EXPECT_LE(result.cost.total().usd(), 1.01 * entry.objective) << entry.name << ", " << seed;
    }
  }
}

}  // namespace
}  // namespace berth
