// Plans made to withstand something do, and the check of a plan file says so.

#include <algorithm>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/pipeline/pipeline.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/plan_json.h"
#include "berth/stress/stressed_plan.h"

namespace berth {
namespace {

Fleet fleet_of(const std::string& file) {
  return *read_fleet(std::string(BERTH_SOURCE_DIR) + "/data/fleets/" + file);
}

Fleet surviving(Fleet fleet, double factor) {
  fleet.policy.survival.factor = factor;
  return fleet;
}

Fleet withstanding(Fleet fleet, double budget) {
  fleet.policy.uncertainty.budget = budget;
  return fleet;
}

Result<PlanOutcome> planned(const Fleet& fleet, const std::string& method = "gh") {
  PlanRequest request;
  request.method = method;
  request.limits.time = Seconds{3.0};
  return make_plan(fleet, request);
}

/// As its file says it.
Plan read_back(const Plan& plan) { return *parse_plan("plan.json", to_json(plan)); }

std::size_t complaints(const Fleet& fleet, const Plan& plan) {
  const Result<std::vector<Violation>> violations = check_plan(fleet, plan);
  EXPECT_TRUE(violations.ok());
  return violations ? violations->size() : 999;
}

Scenario day(const Fleet& fleet, double factor, DelayKind kind) {
  Scenario scenario;
  scenario.demand.assign(fleet.classes.size(), factor);
  scenario.delay.assign(fleet.pools.size(), factor);
  scenario.error.assign(fleet.catalog.models().size(), factor);
  scenario.delay_kind = kind;
  return scenario;
}

int broken_on(const Fleet& fleet, const Plan& plan, const Scenario& scenario) {
  const Result<StressedPlan> stressed = StressedPlan::make(fleet, plan);
  EXPECT_TRUE(stressed.ok());
  const Result<ScenarioOutcome> outcome = stressed->outcome(scenario);
  EXPECT_TRUE(outcome.ok());
  return static_cast<int>(std::count_if(outcome->classes.begin(), outcome->classes.end(),
                                        [](const BrokenPromises& b) { return b.any(); }));
}

TEST(RobustPlan, SurvivesExactlyTheDayItWasMadeFor) {
  for (const char* file : {"demo.yaml", "multi-model.yaml"}) {
    const Fleet fleet = fleet_of(file);
    double before = 0.0;
    for (const double factor : {1.0, 1.1, 1.25}) {
      for (const char* method : {"gh", "agh"}) {
        const Result<PlanOutcome> outcome = planned(surviving(fleet, factor), method);
        ASSERT_TRUE(outcome.ok()) << file << " " << factor;
        const Plan plan = read_back(outcome->plan);
        EXPECT_EQ(plan, outcome->plan);
        EXPECT_EQ(plan.robust->survival.factor, factor);
        EXPECT_EQ(complaints(fleet, plan), 0U) << file << " " << factor << " " << method;
        const Scenario worst = day(fleet, factor, DelayKind::kLatency);
        EXPECT_EQ(broken_on(fleet, plan, worst), 0) << file << " " << factor << " " << method;
      }
      const double cost = planned(surviving(fleet, factor), "gh")->plan.cost.total().usd();
      EXPECT_GE(cost, before) << file << " " << factor;
      before = cost;
    }
  }
}

TEST(RobustPlan, ReportsTheDayAsStated) {
  const Fleet fleet = fleet_of("multi-model.yaml");
  const Plan plan = planned(surviving(fleet, 1.25))->plan;
  for (const PlanDeployment& row : plan.deployments) EXPECT_LT(row.utilization, 0.9);
  for (const PlanClass& row : plan.classes) EXPECT_TRUE(row.slo_met) << row.name;
}

TEST(RobustPlan, CarriesItsBudgetIntoTheCheck) {
  const Fleet fleet = fleet_of("multi-model.yaml");
  for (const double budget : {0.5, 3.0}) {
    for (const char* method : {"gh", "agh", "milp"}) {
      const Result<PlanOutcome> outcome = planned(withstanding(fleet, budget), method);
      ASSERT_TRUE(outcome.ok()) << method;
      Plan plan = read_back(outcome->plan);
      EXPECT_EQ(plan, outcome->plan);
      EXPECT_EQ(complaints(fleet, plan), 0U) << method << " " << budget;
      plan.robust->uncertainty.load = 9.0;
      EXPECT_GT(complaints(fleet, plan), 0U) << "it does not carry ten times the demand";
    }
  }
  const Plan plain = planned(fleet)->plan;
  EXPECT_FALSE(plain.robust.has_value());
  EXPECT_GT(complaints(withstanding(fleet, 8.0), plain), 0U) << "a fleet that asks for a budget";
}

TEST(RobustPlan, OneReplicaLessIsNoticed) {
  const Fleet fleet = fleet_of("multi-model.yaml");
  for (const Fleet& asked : {surviving(fleet, 1.25), withstanding(fleet, 2.0)}) {
    Plan plan = planned(asked)->plan;
    int noticed = 0;
    for (PlanDeployment& row : plan.deployments) {
      --row.replicas;
      const Result<std::vector<Violation>> violations = check_plan(fleet, plan);
      noticed += std::any_of(violations->begin(), violations->end(),
                             [](const Violation& v) { return v.rule == Rule::kCapacity; });
      ++row.replicas;
    }
    EXPECT_GT(noticed, 0);
  }
}

TEST(RobustPlan, AFleetFileMayAskForIt) {
  Fleet fleet = withstanding(fleet_of("multi-model.yaml"), 2.0);
  const Result<PlanOutcome> outcome = planned(fleet);
  ASSERT_TRUE(outcome.ok());
  EXPECT_EQ(outcome->plan.robust->uncertainty.budget, 2.0);
  const Result<PlanOutcome> baseline = planned(fleet, "hf");
  ASSERT_FALSE(baseline.ok());
  EXPECT_EQ(baseline.errors().front().code, ErrorCode::kUnsupported);
  EXPECT_THAT(baseline.errors().front().message, ::testing::HasSubstr("without uncertainty"));
}

TEST(StressedPlan, LaterAnswersTakeNoCapacity) {
  const Fleet fleet = fleet_of("multi-model.yaml");
  const Plan plan = planned(surviving(fleet, 1.2))->plan;
  Scenario slow = day(fleet, 1.2, DelayKind::kService);
  EXPECT_EQ(broken_on(fleet, plan, day(fleet, 1.2, DelayKind::kLatency)), 0);
  EXPECT_GT(broken_on(fleet, plan, slow), 0);
  slow.delay.assign(slow.delay.size(), 1.0);
  EXPECT_EQ(broken_on(fleet, plan, slow), 0);
}

TEST(StressedPlan, KnowsThePromisesAsStatedWhateverTheFleetPlansFor) {
  const Fleet fleet = fleet_of("multi-model.yaml");
  const Plan plan = planned(fleet)->plan;
  const Scenario calm = day(fleet, 1.0, DelayKind::kService);
  EXPECT_EQ(broken_on(fleet, plan, calm), 0);
  EXPECT_EQ(broken_on(withstanding(fleet, 3.0), plan, calm), 0);
  EXPECT_EQ(broken_on(surviving(fleet, 2.0), plan, calm), 0);
}

}  // namespace
}  // namespace berth
