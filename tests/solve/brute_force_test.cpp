// What every exact answer rests on: the oracle and the exact method against trying everything.

#include "tests/support/brute_force.h"

#include <cmath>
#include <map>

#include <gtest/gtest.h>

#include "berth/solve/milp/milp.h"
#include "tests/support/assertions.h"
#include "tests/support/dense_simplex.h"
#include "tests/support/oracle.h"
#include "tests/support/random_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

RandomShape tiny_shape(std::uint64_t seed) {
  RandomShape shape = random_shape(seed, true);
  shape.classes = 1 + static_cast<int>(seed % 3);
  shape.options = 2 + static_cast<int>(seed % 3);
  return shape;
}

int most_replicas(const Instance& instance) {
  double most = 1.0;
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    double load = 0.0;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      load += instance.columns().pairs.load[p];
    }
    most = std::max(most, load);
  }
  return static_cast<int>(std::ceil(most));
}

TEST(DenseSimplex, SolvesWhatCanBeSolvedByHand) {
  DenseProgram program;
  program.cost = {3.0, 1.0};
  program.equal({1.0, 1.0}, 1.0);
  program.at_most({0.0, 1.0}, 0.25);
  EXPECT_NEAR(least_cost(program).value(), 0.75 * 3.0 + 0.25, 1e-12);
  program.at_most({1.0, 0.0}, 0.5);
  EXPECT_FALSE(least_cost(program).has_value());
}

TEST(Oracle, AgreesWithBruteForceOnTinyInstances) {
  int infeasible = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    RandomShape shape = tiny_shape(seed);
    const Instance instance = random_instance(shape, seed);
    const auto best = brute_force(instance, most_replicas(instance));
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

TEST(Milp, AgreesWithBruteForceOnTinyInstancesOfEveryFeature) {
  std::map<std::string, int> feasible_with;
  int infeasible = 0;
  for (std::uint64_t seed = 1000; seed < 1240; ++seed) {
    const RandomShape shape = tiny_shape(seed);
    const Instance instance = random_instance(shape, seed);
    const std::string name = "seed " + std::to_string(seed) + ": " + to_string(shape);
    const auto best = brute_force(instance, most_replicas(instance));
    const SolveResult result = milp::solve_milp(instance, {}, {});
    if (!best) {
      ++infeasible;
      EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible) << name;
      EXPECT_TRUE(result.termination.proven) << name;
      EXPECT_FALSE(result.solution.has_value()) << name;
      continue;
    }
    ASSERT_EQ(result.termination.reason, TerminationReason::kOptimal)
        << name << ": " << to_string(result.termination.reason) << " " << result.termination.detail;
    EXPECT_NEAR(result.cost.total().usd(), best->usd(), 1e-5 + 1e-4 * best->usd()) << name;
    EXPECT_LE(*result.lower_bound, best->usd() + 1e-9) << name;
    EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
        << name;
    const std::pair<bool, const char*> features[] = {
        {shape.boxes, "boxes"},         {shape.caps, "caps"},
        {shape.budget, "budget"},       {shape.groups, "groups"},
        {shape.fixed_costs, "fixed"},   {shape.pair_costs, "pair costs"},
        {shape.average_delay, "delay"}, {shape.average_error, "error"},
        {shape.unmet, "unmet"}};
    for (const auto& [on, feature] : features) feasible_with[feature] += on ? 1 : 0;
  }
  EXPECT_EQ(feasible_with.size(), 9U);
  for (const auto& [feature, count] : feasible_with) EXPECT_GT(count, 10) << feature;
  EXPECT_GT(infeasible, 10);
}

}  // namespace
}  // namespace berth
