// Every solver x every instance: the plan passes the check, its cost is the true one, its bound
// holds, limits are honoured, the same seed gives the same plan.

#include <map>

#include <gtest/gtest.h>

#include "berth/instance/instance_json.h"
#include "berth/solve/registry.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"
#include "tests/support/random_instance.h"
#include "tests/support/shared_instances.h"
#include "tests/support/synthetic_instance.h"

namespace berth {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): berth::testing

constexpr std::size_t kManyPairs = 2'500;

Instance single_option() {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 2.0, 8);
  builder.add_pair(builder.add_class(), builder.add_option(pool, 4), 2.5);
  return builder.build();
}

Instance without_classes() {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  builder.add_option(pool, 1);
  return builder.build();
}

Instance unserved_class(double max_unmet) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 1.0);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 0.5);
  builder.add_class({3.0, max_unmet, kNoLimit, kNoLimit});
  return builder.build();
}

/// All instances, by name. Large ones are kept few: a solver under sanitizers is slow.
const std::map<std::string, Instance>& instances() {
  static const std::map<std::string, Instance> all = [] {
    std::map<std::string, Instance> result;
    result.emplace("single_option", single_option());
    result.emplace("without_classes", without_classes());
    result.emplace("unserved_class", unserved_class(0.0));
    result.emplace("unserved_class_allowed", unserved_class(1.0));
    result.emplace("synthetic_6x6x10", synthetic_instance({6, 6, 10}, 1));
    result.emplace("synthetic_20x8x8", synthetic_instance({20, 8, 8}, 2));
    for (std::uint64_t seed = 0; seed < 24; ++seed) {
      const RandomShape shape = random_shape(seed, seed % 2 == 1);
      result.emplace("random_" + std::to_string(seed), random_instance(shape, seed));
    }
    for (const KnownInstance& known : known_instances()) {
      auto instance = read_instance(known.path);
      if (instance.ok()) result.emplace(known.name, std::move(*instance));
    }
    return result;
  }();
  return all;
}

std::vector<std::string> method_names() {
  std::vector<std::string> names;
  for (const Method& method : methods()) names.emplace_back(method.name);
  return names;
}

class Conformance : public ::testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] const Method& method() const { return *find_method(GetParam()); }
};

TEST_P(Conformance, PlansPassTheCheckWithTrueCostAndBound) {
  for (const auto& [name, instance] : instances()) {
    Limits limits;
    limits.time = Seconds(2.0);
    limits.threads = 1;
    const SolveResult result = method().solve(instance, 1, limits);
    EXPECT_FALSE(result.method.empty()) << name;
    EXPECT_GE(result.solve_seconds, 0.0) << name;
    const bool claimed = result.termination.reason == TerminationReason::kFeasible ||
                         result.termination.reason == TerminationReason::kOptimal;
    EXPECT_TRUE(result.solution.has_value() || !claimed) << name;
    if (!result.solution) {
      EXPECT_FALSE(result.termination.detail.empty() && result.termination.limit.empty()) << name;
      continue;
    }
    EXPECT_NE(result.termination.reason, TerminationReason::kInfeasible) << name;
    EXPECT_TRUE(passes_check(instance, *result.solution, {result.cost.total(), result.lower_bound}))
        << name;
    EXPECT_EQ(result.cost, price(instance, *result.solution)) << name;
  }
}

TEST_P(Conformance, FindsTheOnlyPlans) {
  const SolveResult single = method().solve(instances().at("single_option"), 1, {});
  ASSERT_TRUE(single.solution.has_value());
  EXPECT_EQ(single.solution->replicas[0], 3);  // 2.5 replicas of load
  EXPECT_EQ(single.solution->boxes[0], 2);     // 12 GPUs in boxes of 8
  const SolveResult none = method().solve(instances().at("without_classes"), 1, {});
  ASSERT_TRUE(none.solution.has_value());
  EXPECT_EQ(none.cost.total(), CostRate());
  const SolveResult allowed = method().solve(instances().at("unserved_class_allowed"), 1, {});
  ASSERT_TRUE(allowed.solution.has_value());
  EXPECT_EQ(allowed.cost.unmet, CostRate::usd_per_hour(3.0));
}

TEST_P(Conformance, NamesTheClassThatNoOptionServes) {
  const SolveResult result = method().solve(instances().at("unserved_class"), 1, {});
  EXPECT_EQ(result.termination.reason, TerminationReason::kInfeasible);
  EXPECT_TRUE(result.termination.proven);
  EXPECT_NE(result.termination.detail.find("class-1"), std::string::npos)
      << result.termination.detail;
}

TEST_P(Conformance, TheSameSeedGivesTheSamePlan) {
  Limits limits;
  limits.iterations = 2000;
  limits.nodes = 1;
  for (const auto& [name, instance] : instances()) {
    if (instance.pair_count() > kManyPairs) continue;  // an exact root alone takes seconds
    const SolveResult first = method().solve(instance, 7, limits);
    const SolveResult second = method().solve(instance, 7, limits);
    EXPECT_EQ(first.solution, second.solution) << name;
    EXPECT_EQ(first.termination.detail, second.termination.detail) << name;
  }
}

TEST_P(Conformance, AStopRequestIsHonoured) {
  StopFlag stop;
  stop.request_stop();
  Limits limits;
  limits.stop = &stop;
  const SolveResult result = method().solve(instances().at("synthetic_20x8x8"), 1, limits);
  EXPECT_EQ(result.termination.reason, TerminationReason::kLimit);
  EXPECT_EQ(result.termination.limit, "stop");
}

INSTANTIATE_TEST_SUITE_P(Methods, Conformance, ::testing::ValuesIn(method_names()),
                         [](const auto& entry) { return entry.param; });

}  // namespace
}  // namespace berth
