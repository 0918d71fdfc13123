// Every rule of the checker fails on the solution that breaks it, and on no valid one.

#include "berth/plan/check.h"

#include <functional>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/tolerance.h"
#include "berth/plan/price.h"
#include "tests/support/assertions.h"
#include "tests/support/instance_builder.h"

namespace berth {
namespace {

using testing::breaks;
using ::testing::HasSubstr;
using testing::InstanceBuilder;
using testing::passes_check;

/// Two classes, two pools, every limit present and close.
InstanceBuilder limited() {
  InstanceBuilder builder;
  const PoolId small = builder.add_pool();
  const PoolId large = builder.add_pool();
  builder.add_offer(small, 1.0, 1, 3);
  builder.add_offer(large, 10.0, 8, 1);
  const OptionId slow = builder.add_option(small, 1, {0.1, 2, 0});
  builder.add_option(small, 2, {0.1, 2, 0});
  const OptionId fast = builder.add_option(large, 4, {0.2, 2, kNoGroup});
  const ClassId chat = builder.add_class({5.0, 0.25, 2.0, 0.30});
  const ClassId code = builder.add_class({9.0, 0.0, kNoLimit, kNoLimit});
  builder.add_pair(chat, slow, 2.0, {3.0, 0.40, 0.01});
  builder.add_pair(chat, fast, 1.0, {1.0, 0.20, 0.02});
  builder.add_pair(code, fast, 1.5, {0.5, 0.10, 0.03});
  builder.set_budget(12.0);
  return builder;
}

Solution valid() {
  return {{1, 0, 2},
          {1, 1},
          {{ClassId(0), OptionId(0), 0.5},
           {ClassId(0), OptionId(2), 0.5},
           {ClassId(1), OptionId(2), 1.0}},
          {0.0, 0.0}};
}

TEST(Check, AcceptsAValidSolutionWithItsTrueCostAsBound) {
  const Instance instance = limited().build();
  const CostRate cost = price(instance, valid()).total();
  EXPECT_TRUE(passes_check(instance, valid(), {cost, cost.usd()}));
}

struct Mutation {
  const char* name;
  Rule rule;
  std::function<void(Solution&)> apply;
};

std::vector<Mutation> mutations() {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  return {
      {"a replica column too short", Rule::kShape, [](Solution& s) { s.replicas.pop_back(); }},
      {"a box column too long", Rule::kShape, [](Solution& s) { s.boxes.push_back(0); }},
      {"no unmet column", Rule::kShape, [](Solution& s) { s.unmet.clear(); }},
      {"a route of no class", Rule::kShape,
       [](Solution& s) { s.routes[0].query_class = ClassId(2); }},
      {"a route to no option", Rule::kShape, [](Solution& s) { s.routes[0].option = OptionId(3); }},
      {"NaN share", Rule::kShape, [nan](Solution& s) { s.routes[0].share = nan; }},
      {"infinite unmet", Rule::kShape,
       [](Solution& s) { s.unmet[1] = std::numeric_limits<double>::infinity(); }},
      {"negative share", Rule::kShareOutOfRange,
       [](Solution& s) { s.routes[0].share = -0.5, s.routes[1].share = 1.5; }},
      {"negative unmet", Rule::kShareOutOfRange, [](Solution& s) { s.unmet[0] = -0.1; }},
      {"more unmet than allowed", Rule::kShareOutOfRange,
       [](Solution& s) { s.routes[2].share = 0.9, s.unmet[1] = 0.1; }},
      {"lost demand", Rule::kDemand, [](Solution& s) { s.routes[2].share = 0.99; }},
      {"demand served twice", Rule::kDemand, [](Solution& s) { s.unmet[0] = 0.2; }},
      {"an option that cannot serve the class", Rule::kPair,
       [](Solution& s) { s.routes[2].option = OptionId(0); }},
      {"the same route twice", Rule::kPair,
       [](Solution& s) {
         s.routes[2].share = 0.5;
         s.routes.push_back(s.routes[2]);
       }},
      {"too few replicas", Rule::kCapacity, [](Solution& s) { s.replicas[2] = 1; }},
      {"routes to an idle option", Rule::kCapacity, [](Solution& s) { s.replicas[0] = 0; }},
      {"negative replicas", Rule::kReplicas, [](Solution& s) { s.replicas[1] = -1; }},
      {"more replicas than allowed", Rule::kReplicas, [](Solution& s) { s.replicas[0] = 3; }},
      {"fewer GPUs rented than used", Rule::kPool, [](Solution& s) { s.boxes[0] = 0; }},
      {"negative boxes", Rule::kBoxes, [](Solution& s) { s.boxes[1] = -1; }},
      {"more boxes than offered", Rule::kBoxes, [](Solution& s) { s.boxes[1] = 2; }},
      {"two options of a group", Rule::kGroup,
       [](Solution& s) { s.replicas[1] = 1, s.boxes[0] = 3; }},
      {"average delay", Rule::kAverageDelay,
       [](Solution& s) {
         s.routes[0].share = 0.51, s.routes[1].share = 0.49, s.replicas[0] = 2, s.boxes[0] = 2;
       }},
      {"average error", Rule::kAverageError,
       [](Solution& s) {
         s.routes[0].share = 0.51, s.routes[1].share = 0.49, s.replicas[0] = 2, s.boxes[0] = 2;
       }},
      {"averages count the served share alone", Rule::kAverageDelay,
       [](Solution& s) { s.routes[1].share = 0.3, s.unmet[0] = 0.2; }},
      {"rental above the budget", Rule::kBudget, [](Solution& s) { s.boxes[0] = 3; }},
  };
}

TEST(Check, ReportsEachRuleOnTheSolutionThatBreaksIt) {
  const Instance instance = limited().build();
  std::set<Rule> broken;
  for (const Mutation& mutation : mutations()) {
    Solution solution = valid();
    mutation.apply(solution);
    EXPECT_TRUE(breaks(mutation.rule, instance, solution)) << mutation.name;
    broken.insert(mutation.rule);
  }
  EXPECT_EQ(broken.size(), 12U) << "a rule about the solution has no mutation";
}

TEST(Check, AClaimOneMicroDollarOffIsAWrongObjective) {
  const Instance instance = limited().build();
  const CostRate cost = price(instance, valid()).total();
  for (const std::int64_t off : {-1, 1}) {
    const CostRate claimed = cost + CostRate::micro_usd_per_hour(off);
    EXPECT_TRUE(breaks(Rule::kObjective, instance, valid(), {claimed, std::nullopt}));
  }
}

TEST(Check, ABoundMayExceedTheCostByRoundingOnly) {
  const Instance instance = limited().build();
  const CostRate cost = price(instance, valid()).total();
  EXPECT_TRUE(passes_check(instance, valid(), {std::nullopt, cost.usd() + 0.4e-6}));
  EXPECT_TRUE(breaks(Rule::kBound, instance, valid(), {std::nullopt, cost.usd() + 0.6e-6}));
  const double nan = std::numeric_limits<double>::quiet_NaN();
  EXPECT_TRUE(breaks(Rule::kBound, instance, valid(), {std::nullopt, nan}));
}

TEST(Check, ToleratesNoMoreThanTheTolerances) {
  const Instance instance = limited().build();
  Solution inside = valid();
  inside.routes[2].share = 1.0 - 0.5 * tolerance::kShare;
  EXPECT_TRUE(passes_check(instance, inside));
  Solution outside = valid();
  outside.routes[2].share = 1.0 - 2.0 * tolerance::kShare;
  EXPECT_TRUE(breaks(Rule::kDemand, instance, outside));
}

TEST(Check, SaysWhereAndShowsBothSides) {
  const Instance instance = limited().build();
  Solution solution = valid();
  solution.replicas[2] = 1;
  const std::vector<Violation> violations = check(instance, solution);
  ASSERT_EQ(violations.size(), 1U);
  EXPECT_EQ(violations[0].where, "option-2");
  EXPECT_THAT(violations[0].message, HasSubstr("load 2 > 1 replicas"));
}

TEST(Check, ReportsAllViolationsInTheOrderOfTheRules) {
  const Instance instance = limited().build();
  Solution solution = valid();
  solution.boxes[1] = 2;
  solution.boxes[0] = 0;
  solution.routes[2].share = 0.5;
  const std::vector<Violation> violations = check(instance, solution);
  std::vector<Rule> rules;
  for (const Violation& violation : violations) rules.push_back(violation.rule);
  EXPECT_THAT(rules,
              ::testing::ElementsAre(Rule::kDemand, Rule::kPool, Rule::kBoxes, Rule::kBudget));
}

TEST(Check, ACostBeyond64BitsIsReportedNotWrapped) {
  InstanceBuilder builder;
  const PoolId pool = builder.add_pool();
  builder.add_offer(pool, 9e8);
  const OptionId option = builder.add_option(pool, 1);
  builder.add_pair(builder.add_class(), option, 1.0);
  const Instance instance = builder.build();
  const Solution solution{{1}, {2'000'000'000}, {{ClassId(0), OptionId(0), 1.0}}, {0.0}};
  EXPECT_TRUE(breaks(Rule::kObjective, instance, solution));
}

}  // namespace
}  // namespace berth
