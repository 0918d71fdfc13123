#include "berth/control/history.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/pipeline/pipeline.h"
#include "tests/control/simulated_cluster.h"
#include "tests/support/temporary_directory.h"

namespace berth::test {
namespace {

class HistoryTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<PlanOutcome> outcome = make_plan(small_fleet(), {});
    ASSERT_TRUE(outcome);
    plan_ = with_lasting_names(std::move(outcome->plan));
    stages_.resize(2);
    stages_[0].state = plan_;
    stages_[0].state.routes.clear();
    stages_[1].kind = MigrationStage::Kind::kRoute;
    stages_[1].state = plan_;
  }
  [[nodiscard]] Result<History> open() const {
    return History::open(directory_.path() / "history.db");
  }
  static Decision decision(double at_s, Decision::Kind kind) {
    return {.at_s = at_s, .kind = kind, .reason = "because", .inputs = "{}"};
  }

  berth::testing::TemporaryDirectory directory_;
  Plan plan_;
  std::vector<MigrationStage> stages_;
};

TEST_F(HistoryTest, PlansComeBackAsTheyWere) {
  {
    Result<History> history = open();
    ASSERT_TRUE(history);
    EXPECT_FALSE(*history->latest_plan());
    EXPECT_FALSE(*history->latest_time());
    ASSERT_TRUE(history->record_plan(decision(100.0, Decision::Kind::kPlan), plan_, stages_,
                                     {60.0, 30.0}, {{"chat", "tpot", 1.25, 4.0}}));
  }
  Result<History> again = open();
  ASSERT_TRUE(again);
  const auto plan = again->latest_plan();
  ASSERT_TRUE(plan && *plan);
  EXPECT_EQ((*plan)->plan, plan_);
  EXPECT_EQ((*again->last_decision())->plan, (*plan)->id);
  const auto learned = again->calibrations();
  ASSERT_TRUE(learned);
  ASSERT_EQ(learned->size(), 1U);
  EXPECT_EQ(learned->front().factor, 1.25);
}

TEST_F(HistoryTest, StagesAreTakenInOrderAndOnce) {
  Result<History> history = open();
  ASSERT_TRUE(history);
  ASSERT_TRUE(
      history->record_plan(decision(100.0, Decision::Kind::kPlan), plan_, stages_, {60.0, 30.0}));
  auto stage = history->pending_stage();
  ASSERT_TRUE(stage && *stage);
  EXPECT_EQ((*stage)->number, 0);
  EXPECT_EQ((*stage)->wait_s, 60.0);
  ASSERT_TRUE(history->begin(**stage, 101.0));
  ASSERT_TRUE(history->begin(**stage, 999.0)) << "what is marked stays marked";
  ASSERT_TRUE(history->applied(**stage, 102.0));
  stage = history->pending_stage();
  EXPECT_EQ((*stage)->begun_s, 101.0);
  EXPECT_EQ((*stage)->applied_s, 102.0);
  EXPECT_EQ(**history->applied_state(), stages_[0].state);
  ASSERT_TRUE(history->settled(**stage, 162.0));
  stage = history->pending_stage();
  EXPECT_EQ((*stage)->number, 1);
  EXPECT_EQ((*stage)->kind, MigrationStage::Kind::kRoute);
  EXPECT_EQ(*history->latest_time(), 162.0);
  ASSERT_TRUE(history->settled(**stage, 200.0));
  EXPECT_FALSE(*history->pending_stage());
}

TEST_F(HistoryTest, OldThingsAreForgottenButNotWhatIsInForce) {
  Result<History> history = open();
  ASSERT_TRUE(history);
  for (int k = 0; k < 4; ++k) {
    ASSERT_TRUE(history->record_plan(decision(100.0 * k, Decision::Kind::kPlan), plan_, stages_,
                                     {60.0, 30.0}));
    ASSERT_TRUE(history->record(decision(100.0 * k + 50.0, Decision::Kind::kKeep)));
  }
  ASSERT_TRUE(history->forget_before(1000.0));
  EXPECT_EQ((*history->latest_plan())->id, 4);
  EXPECT_TRUE(*history->pending_stage());
  EXPECT_EQ((*history->last_decision())->at_s, 300.0);
}

TEST_F(HistoryTest, WhatWasAppliedLastIsNotForgottenForPlansThatWereGivenUp) {
  Result<History> history = open();
  ASSERT_TRUE(history);
  ASSERT_TRUE(
      history->record_plan(decision(100.0, Decision::Kind::kPlan), plan_, stages_, {60.0, 30.0}));
  auto stage = history->pending_stage();
  ASSERT_TRUE(stage && *stage);
  ASSERT_TRUE(history->applied(**stage, 102.0));
  for (int k = 0; k < 2; ++k) {
    ASSERT_TRUE(
        history->record_plan(decision(200.0, Decision::Kind::kPlan), plan_, stages_, {60.0, 30.0}));
    ASSERT_TRUE(history->record_plan(decision(300.0, Decision::Kind::kAbandon), plan_, {}, {}));
  }
  ASSERT_TRUE(history->forget_before(1e6));
  EXPECT_FALSE(*history->pending_stage());
  ASSERT_TRUE(*history->applied_state());
  EXPECT_EQ(**history->applied_state(), stages_[0].state);
}

}  // namespace
}  // namespace berth::test
