#include "berth/plan/diff.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "berth/plan/diff_json.h"
#include "berth/plan/migration.h"
#include "tests/plan/small_plans.h"

namespace berth {
namespace {

using test::add_class;
using test::add_route;
using test::set_boxes;
using test::small_deployment;
using test::small_plan;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

PlanDiff diff_of(const Plan& a, const Plan& b) {
  Result<PlanDiff> diff = diff_plans(a, b);
  if (diff) return *std::move(diff);
  for (const Error& error : diff.errors()) ADD_FAILURE() << to_string(error);
  return {};
}

/// "start a 2", "route chat:a", "stop a 1": the steps in few words.
std::vector<std::string> steps_between(const Plan& a, const Plan& b) {
  const PlanDiff diff = diff_of(a, b);
  const Migration migration = plan_migration(a, b, diff);
  EXPECT_TRUE(migration.lossless);
  std::vector<std::string> words;
  for (const MigrationStep& step : migration.steps) {
    std::string text(to_string(step.action));
    switch (step.action) {
      case MigrationStep::Action::kRent:
      case MigrationStep::Action::kReturn: text += " " + std::to_string(step.boxes); break;
      case MigrationStep::Action::kStart:
      case MigrationStep::Action::kStop:
        text += " " + diff.shapes[step.shape].name + " " + std::to_string(step.replicas);
        break;
      case MigrationStep::Action::kRoute:
        for (const ClassRouting& row : step.routes) {
          text += " " + diff.classes[row.query_class].name;
          for (const auto& part : row.parts) text += ":" + diff.shapes[part.unit].name;
        }
        break;
    }
    words.push_back(text);
  }
  return words;
}

std::string errors_of(const Plan& a, const Plan& b) {
  const Result<PlanDiff> diff = diff_plans(a, b);
  std::string all;
  if (diff) return all;
  for (const Error& error : diff.errors()) all += to_string(error) + "\n";
  return all;
}

TEST(PlanDiffs, EqualPlansDoNotDiffer) {
  Plan other = small_plan();
  // None of this runs.
  other.method = "milp";
  other.solve_seconds = 7.0;
  other.deployments[0].ttft_s = 0.3;
  const PlanDiff diff = diff_of(small_plan(), other);
  EXPECT_FALSE(diff.changed());
  EXPECT_TRUE(diff.notes.empty());
  EXPECT_THAT(steps_between(small_plan(), other), ElementsAre());
}

TEST(PlanDiffs, MoreReplicasAreAScale) {
  const PlanDiff diff = diff_of(small_plan(2), small_plan(5));
  ASSERT_EQ(diff.deployments.size(), 1U);
  EXPECT_EQ(diff.deployments[0].action, DeploymentAction::kScale);
  EXPECT_EQ(diff.shapes[0].before, 2);
  EXPECT_EQ(diff.shapes[0].after, 5);
  EXPECT_THAT(steps_between(small_plan(2), small_plan(5)), ElementsAre("rent 3", "start a 3"));
  EXPECT_THAT(steps_between(small_plan(5), small_plan(2)), ElementsAre("stop a 3", "return 3"));
}

TEST(PlanDiffs, OtherParallelismIsAReshapeBesideTheOld) {
  Plan other = small_plan();
  other.deployments = {small_deployment("a", 1, 4)};
  const PlanDiff diff = diff_of(small_plan(), other);
  ASSERT_EQ(diff.deployments.size(), 1U);
  EXPECT_EQ(diff.deployments[0].action, DeploymentAction::kReshape);
  ASSERT_EQ(diff.shapes.size(), 2U);
  EXPECT_EQ(diff.shapes[0].replaces, 1U);
  // Eight GPUs for a while.
  EXPECT_THAT(steps_between(small_plan(), other),
              ElementsAre("rent 4", "start a 1", "route chat:a", "stop a 4", "return 4"));
}

TEST(PlanDiffs, WhatAnEngineCannotChangeIsAReshape) {
  for (int k = 0; k < 4; ++k) {
    Plan other = small_plan();
    if (k == 0) other.deployments[0].max_num_seqs = 33;
    if (k == 1) other.deployments[0].max_model_len = 8192;
    if (k == 2) other.deployments[0].precision = "fp8";
    if (k == 3) other.deployments[0].engine_args.emplace_back("--kv-cache-dtype=fp8");
    EXPECT_EQ(diff_of(small_plan(), other).deployments[0].action, DeploymentAction::kReshape) << k;
  }
}

TEST(PlanDiffs, ANameAloneIsNoDifference) {
  Plan other = small_plan();
  other.deployments[0].name = other.routes[0].deployment = "renamed";
  const PlanDiff diff = diff_of(small_plan(), other);
  EXPECT_FALSE(diff.changed());
  EXPECT_THAT(diff.notes, ElementsAre(HasSubstr("'a' of the old plan is 'renamed'")));
}

TEST(PlanDiffs, AmongAlikeTheTargetThenTheNameDecides) {
  Plan before = small_plan(2);
  before.deployments.push_back(small_deployment("b", 2));
  before.deployments[0].tpot_target = Seconds(0.05);
  set_boxes(before, 4);
  Plan after = before;
  std::swap(after.deployments[0].name, after.deployments[1].name);
  after.deployments[0].replicas = 1;
  const PlanDiff diff = diff_of(before, after);
  EXPECT_EQ(diff.deployments[0].from->tpot_target, diff.deployments[0].to->tpot_target);
  EXPECT_EQ(diff.deployments[0].action, DeploymentAction::kScale);
  EXPECT_EQ(diff.deployments[1].action, DeploymentAction::kKeep);
}

TEST(PlanDiffs, EverythingIsReplaced) {
  Plan other = small_plan();
  other.fleet = "another";
  other.deployments = {small_deployment("z", 2, 2)};
  other.deployments[0].model = "n";
  other.deployments[0].pool = "q";
  other.offers = {{"q", "reserved", 1, 4, CostRate::usd_per_hour(3.0)}};
  other.routes.clear();
  other.classes.clear();
  add_class(other, "code", 3.0);
  add_route(other, "code", "z", 1.0);
  const PlanDiff diff = diff_of(small_plan(), other);
  EXPECT_EQ(diff.deployments[0].action, DeploymentAction::kAdd);
  EXPECT_EQ(diff.deployments[1].action, DeploymentAction::kRemove);
  EXPECT_EQ(diff.classes[0].rate_from, std::nullopt);
  EXPECT_EQ(diff.classes[1].rate_to, std::nullopt);
  EXPECT_THAT(diff.notes, ElementsAre(HasSubstr("different names")));
  EXPECT_THAT(steps_between(small_plan(), other),
              ElementsAre("rent 1", "start z 2", "route code:z chat", "stop a 4", "return 4"));
}

TEST(PlanDiffs, ARateAloneIsToldWithTheStepFromWhichItHolds) {
  Plan other = small_plan(6);
  other.classes[0].rate = 15.0;
  EXPECT_THAT(steps_between(small_plan(), other),
              ElementsAre("rent 2", "start a 2", "route chat:a"));
  EXPECT_THAT(steps_between(other, small_plan()),
              ElementsAre("route chat:a", "stop a 2", "return 2"));
}

TEST(PlanDiffs, OtherBoxesUnderTheSameReplicasAreNoted) {
  Plan other = small_plan();
  other.offers[0].offer = "reserved";
  const PlanDiff diff = diff_of(small_plan(), other);
  EXPECT_TRUE(diff.changed());
  const Migration migration = plan_migration(small_plan(), other, diff);
  EXPECT_EQ(migration.steps.size(), 2U);
  EXPECT_THAT(migration.notes, ElementsAre(HasSubstr("at least 4 GPUs stay")));
  EXPECT_EQ(migration.rental, CostRate::usd_per_hour(8.0));
}

TEST(PlanDiffs, JsonHasWhatTheFormatSays) {
  Plan other = small_plan(6);
  other.classes[0].rate = 15.0;
  const PlanDiff diff = diff_of(small_plan(), other);
  const auto json = nlohmann::json::parse(to_json(diff, plan_migration(small_plan(), other, diff)));
  EXPECT_EQ(json["format"], "berth.diff/1");
  EXPECT_EQ(json["changed"], true);
  EXPECT_EQ(json["lossless"], true);
  EXPECT_EQ(json["cost"]["difference"]["rental"], 2.0);
  EXPECT_EQ(json["deployments"][0]["action"], "scale");
  EXPECT_EQ(json["deployments"][0]["from"]["replicas"], 4);
  EXPECT_EQ(json["deployments"][0]["to"]["replicas"], 6);
  EXPECT_EQ(json["boxes"][0]["to"], 6);
  EXPECT_EQ(json["classes"][0]["rate_to"], 15.0);
  ASSERT_EQ(json["steps"].size(), 3U);
  EXPECT_EQ(json["steps"][0]["action"], "rent");
  EXPECT_EQ(json["steps"][1]["step"], 2);
  EXPECT_EQ(json["steps"][1]["deployment"], "a");
  EXPECT_EQ(json["steps"][1]["plan"], "both");
  EXPECT_EQ(json["steps"][1]["running"], 6);
  EXPECT_EQ(json["steps"][2]["routes"][0]["rate"], 15.0);
  EXPECT_EQ(json["steps"][2]["routes"][0]["to"][0]["share"], 1.0);
}

TEST(PlanDiffs, PlansThatContradictThemselvesAreRefusedWithAllReasons) {
  Plan bad = small_plan();
  bad.deployments.push_back(small_deployment("a", -1, 5000));
  add_route(bad, "nobody", "nothing", 0.5);
  add_route(bad, "chat", "a", 0.5);
  bad.routes[1].share = -0.5;
  bad.offers[0].gpus = 3;
  bad.classes[0].rate = -1.0;
  add_class(bad, "chat", 1.0);
  const std::string errors = errors_of(small_plan(), bad);
  for (const char* part :
       {"new plan: /deployments/1/name", "/deployments/1/replicas", "/deployments/1/tp",
        "no class 'nobody'", "no deployment 'nothing'", "/routes/1/share", "listed twice",
        "sum to more than 1", "/offers/0/gpus", "/classes/0/rate", "/classes/1/name"}) {
    EXPECT_THAT(errors, HasSubstr(part));
  }
  EXPECT_THAT(errors_of(bad, small_plan()), HasSubstr("old plan: /deployments/1/name"));
}

TEST(PlanDiffs, RoutesNeedReplicasAndReplicasNeedBoxes) {
  Plan empty = small_plan();
  empty.deployments[0].replicas = 0;
  EXPECT_THAT(errors_of(empty, empty), HasSubstr("which has no replicas"));
  Plan homeless = small_plan();
  set_boxes(homeless, 3);
  EXPECT_THAT(errors_of(homeless, homeless), HasSubstr("take 4 GPUs, 3 are rented"));
}

TEST(PlanDiffs, EmptyPlansAndEnormousOnesAreNoTrouble) {
  EXPECT_FALSE(diff_of(Plan{}, Plan{}).changed());
  EXPECT_THAT(steps_between(Plan{}, small_plan()),
              ElementsAre("rent 4", "start a 4", "route chat:a"));
  EXPECT_THAT(steps_between(small_plan(), Plan{}),
              ElementsAre("route chat", "stop a 4", "return 4"));
  Plan huge = small_plan();
  huge.deployments[0].replicas = 2'000'000'000;
  set_boxes(huge, 2'000'000'000);
  Plan other = huge;
  other.deployments[0].max_num_seqs = 7;
  EXPECT_THAT(steps_between(huge, other),
              ElementsAre("rent 2000000000", "start a 2000000000", "route chat:a",
                          "stop a 2000000000", "return 2000000000"));
}

}  // namespace
}  // namespace berth
