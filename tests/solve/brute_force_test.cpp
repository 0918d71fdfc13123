// The oracle itself is held against trying everything, where that is possible.

#include "tests/support/brute_force.h"

#include <gtest/gtest.h>

#include "berth/plan/price.h"
#include "tests/support/assertions.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

TEST(Oracle, AgreesWithBruteForceOnTinyInstances) {
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    RandomShape shape = random_shape(seed, true);
    shape.classes = 1 + static_cast<int>(seed % 3);
    shape.options = 2 + static_cast<int>(seed % 3);
    shape.one_class_an_option = true;
    shape.average_delay = shape.average_error = false;
    const Instance instance = random_instance(shape, seed);
    double load = 1.0;
    for (const double a : instance.columns().pairs.load) load = std::max(load, a);
    const auto best = brute_force(instance, static_cast<int>(std::ceil(load)));
    const OracleAnswer answer = solve_exactly(instance);
    ASSERT_EQ(best.has_value(), answer.status == OracleAnswer::Status::kOptimal)
        << "seed " << seed << ": " << to_string(shape);
    infeasible += best ? 0 : 1;
    if (!best) continue;
    EXPECT_NEAR(best->usd(), answer.objective, 1e-5) << "seed " << seed << ": " << to_string(shape);
    EXPECT_TRUE(passes_check(instance, *answer.solution)) << "seed " << seed;
  }
  EXPECT_GT(infeasible, 0) << "the instances are too easy to tell anything";
  EXPECT_LT(infeasible, 100);
}

}  // namespace
}  // namespace berth
