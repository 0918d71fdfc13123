// Plans under scenarios: what nothing changes costs nothing, what is too much breaks, parts are the
// whole.

#include "berth/stress/stress.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "berth/output/stress_table.h"
#include "berth/pipeline/pipeline.h"
#include "berth/stress/stress_file.h"
#include "berth/stress/stressed_plan.h"

namespace berth {
namespace {

const Fleet& fleet() {
  static const Result<Fleet> fleet =
      read_fleet(std::string(BERTH_SOURCE_DIR) + "/data/fleets/multi-model.yaml");
  return *fleet;
}

Plan plan_with(double headroom) {
  Fleet copy = fleet();
  copy.policy.headroom = headroom;
  PlanRequest request;
  request.method = "gh";
  Result<PlanOutcome> outcome = make_plan(copy, request);
  EXPECT_TRUE(outcome.ok());
  return std::move(outcome->plan);
}

Scenario calm() {
  Scenario scenario;
  scenario.demand.assign(fleet().classes.size(), 1.0);
  scenario.delay.assign(fleet().pools.size(), 1.0);
  scenario.error.assign(fleet().catalog.models().size(), 1.0);
  return scenario;
}

ScenarioOutcome outcome_of(const Plan& plan, const Scenario& scenario) {
  const Result<StressedPlan> stressed = StressedPlan::make(fleet(), plan);
  EXPECT_TRUE(stressed.ok());
  const Result<ScenarioOutcome> outcome = stressed->outcome(scenario);
  EXPECT_TRUE(outcome.ok());
  return *outcome;
}

std::vector<StressCandidate> candidates() {
  return {{"gh", 0.0, plan_with(0.0)}, {"gh", 0.3, plan_with(0.3)}};
}

StressRequest request_of(std::size_t scenarios) {
  StressRequest request;
  request.scenarios = scenarios;
  return request;
}

TEST(Scenarios, LieInTheirRangesAndNeverChange) {
  for (const ScenarioShape shape :
       {ScenarioShape::kUniform, ScenarioShape::kCorrelated, ScenarioShape::kHeavy}) {
    ScenarioRanges ranges;
    ranges.shape = shape;
    int beyond = 0;
    int drawn = 0;
    for (std::size_t k = 0; k < 2000; ++k) {
      const Scenario scenario = draw_scenario(fleet(), ranges, 4, k);
      EXPECT_EQ(scenario.demand, draw_scenario(fleet(), ranges, 4, k).demand);
      for (const double factor : scenario.demand) {
        ASSERT_GE(factor, ranges.demand.low);
        ++drawn;
        beyond += factor > ranges.demand.high ? 1 : 0;
      }
    }
    const double share = static_cast<double>(beyond) / drawn;
    EXPECT_NEAR(share, shape == ScenarioShape::kHeavy ? 0.05 : 0.0, 0.01);
  }
}

TEST(Scenarios, CorrelatedFactorsRiseTogether) {
  const auto correlation = [](ScenarioShape shape) {
    ScenarioRanges ranges;
    ranges.shape = shape;
    double a = 0.0, b = 0.0, ab = 0.0, aa = 0.0, bb = 0.0;
    constexpr double kCount = 3000.0;
    for (std::size_t k = 0; k < 3000; ++k) {
      const Scenario s = draw_scenario(fleet(), ranges, 2, k);
      a += s.demand[0];
      b += s.delay[0];
      ab += s.demand[0] * s.delay[0];
      aa += s.demand[0] * s.demand[0];
      bb += s.delay[0] * s.delay[0];
    }
    return (ab - a * b / kCount) / std::sqrt((aa - a * a / kCount) * (bb - b * b / kCount));
  };
  EXPECT_LT(std::abs(correlation(ScenarioShape::kUniform)), 0.06);
  EXPECT_GT(correlation(ScenarioShape::kCorrelated), 0.7);
}

TEST(Stress, WhatComesAsPlannedBreaksNothing) {
  const Plan plan = plan_with(0.0);
  const ScenarioOutcome outcome = outcome_of(plan, calm());
  for (std::size_t i = 0; i < outcome.classes.size(); ++i) {
    EXPECT_FALSE(outcome.classes[i].any()) << fleet().classes[i].traffic.name;
  }
  // The routes may be better than a heuristic's, never worse.
  EXPECT_LE(outcome.cost, plan.cost.total().usd() * (1.0 + 1e-9));
  EXPECT_GE(outcome.cost, (plan.cost.rental + plan.cost.fixed).usd() * (1.0 - 1e-9));
}

TEST(Stress, HeadroomIsWhatItSays) {
  Scenario more = calm();
  for (double& factor : more.demand) factor = 1.29;
  for (const BrokenPromises& broken : outcome_of(plan_with(0.3), more).classes) {
    EXPECT_FALSE(broken.any()) << "planned for 1.3 times the demand";
  }
  for (double& factor : more.demand) factor = 3.0;
  const ScenarioOutcome beyond = outcome_of(plan_with(0.0), more);
  EXPECT_TRUE(std::any_of(beyond.classes.begin(), beyond.classes.end(),
                          [](const BrokenPromises& b) { return b.latency || b.unmet; }));
  EXPECT_GT(beyond.late_share + beyond.unmet_share, 0.3);
  EXPECT_GT(beyond.cost, outcome_of(plan_with(0.0), calm()).cost);
}

TEST(Stress, EachKindOfTroubleBreaksItsOwnPromise) {
  Scenario worse = calm();
  for (double& factor : worse.error) factor = 1000.0;
  const ScenarioOutcome poor = outcome_of(plan_with(0.0), worse);
  Scenario slow = calm();
  for (double& factor : slow.delay) factor = 20.0;
  const ScenarioOutcome late = outcome_of(plan_with(0.0), slow);
  for (std::size_t i = 0; i < poor.classes.size(); ++i) {
    const bool asked = fleet().classes[i].quality.min > 0.0;
    EXPECT_EQ(poor.classes[i].error, asked) << i;
    EXPECT_TRUE(late.classes[i].latency || late.classes[i].unmet) << i;
    EXPECT_FALSE(late.classes[i].error) << i;
  }
}

TEST(Stress, MoreOfEachNeverHelps) {
  const Plan plan = plan_with(0.1);
  double before = -1.0;
  for (double factor = 0.8; factor < 3.0; factor += 0.1) {
    Scenario scenario = calm();
    for (double& delay : scenario.delay) delay = factor;
    const ScenarioOutcome outcome = outcome_of(plan, scenario);
    EXPECT_GE(outcome.late_share + outcome.unmet_share, before - 1e-6) << factor;
    before = outcome.late_share + outcome.unmet_share;
  }
}

void expect_same_rows(const StressResult& a, const StressResult& b) {
  ASSERT_EQ(a.methods.size(), b.methods.size());
  for (std::size_t m = 0; m < a.methods.size(); ++m) {
    EXPECT_EQ(a.methods[m].rows, b.methods[m].rows) << a.methods[m].method;
  }
}

TEST(Stress, TheSameAtAnyNumberOfThreads) {
  StressRequest request = request_of(100);
  request.threads = 1;
  const Result<StressResult> one = run_stress(fleet(), candidates(), request);
  request.threads = 3;
  const Result<StressResult> three = run_stress(fleet(), candidates(), request);
  ASSERT_TRUE(one.ok() && three.ok());
  expect_same_rows(*one, *three);
}

TEST(Stress, PartsWrittenAndReadAreTheWhole) {
  const std::filesystem::path directory =
      std::filesystem::temp_directory_path() / "berth_stress_parts_test";
  std::filesystem::create_directories(directory);
  const Result<StressResult> whole = run_stress(fleet(), candidates(), request_of(50));
  ASSERT_TRUE(whole.ok());
  std::vector<StressResult> parts;
  for (const std::size_t index : {2U, 0U, 1U}) {
    StressRequest request = request_of(50);
    request.shard = {index, 3};
    const Result<StressResult> part = run_stress(fleet(), candidates(), request);
    ASSERT_TRUE(part.ok());
    const std::filesystem::path file = directory / (std::to_string(index) + ".json");
    std::ofstream(file) << to_json(*part);
    const Result<StressResult> read = read_stress(file);
    ASSERT_TRUE(read.ok()) << to_string(read.errors().front());
    parts.push_back(*read);
  }
  const Result<StressResult> merged = merge_stress(parts);
  ASSERT_TRUE(merged.ok());
  expect_same_rows(*whole, *merged);
  const StressSummary a = summarise(whole->methods[0], whole->classes);
  const StressSummary b = summarise(merged->methods[0], merged->classes);
  EXPECT_EQ(a.expected_cost, b.expected_cost);
  EXPECT_EQ(a.violation_rate, b.violation_rate);

  parts.pop_back();
  EXPECT_EQ(merge_stress(parts).errors().front().code, ErrorCode::kMissing);
  parts.push_back(parts.front());
  EXPECT_EQ(merge_stress(parts).errors().front().code, ErrorCode::kDuplicate);
  parts.back().seed = 99;
  EXPECT_EQ(merge_stress(parts).errors().front().code, ErrorCode::kInconsistent);
  std::filesystem::remove_all(directory);
}

TEST(StressSummary, IsWhatTheRowsComeTo) {
  StressedMethod method;
  for (std::size_t k = 0; k < 20; ++k) {
    StressRow row;
    row.scenario = k;
    row.cost = static_cast<double>(k + 1);
    row.broken = k < 5 ? 2 : 0;
    row.late = k < 5 ? 1 : 0;
    row.unmet_share = 0.1;
    method.rows.push_back(row);
  }
  const StressSummary sum = summarise(method, 4);
  EXPECT_DOUBLE_EQ(sum.expected_cost, 10.5);
  EXPECT_DOUBLE_EQ(sum.p95_cost, 19.0);
  EXPECT_DOUBLE_EQ(sum.violation_rate, 10.0 / 80.0);
  EXPECT_DOUBLE_EQ(sum.latency_rate, 5.0 / 80.0);
  EXPECT_DOUBLE_EQ(sum.unmet_share, 0.1);
}

}  // namespace
}  // namespace berth
