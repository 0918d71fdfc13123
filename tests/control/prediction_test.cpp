#include "berth/control/prediction.h"

#include <cmath>

#include <gtest/gtest.h>

#include "berth/pipeline/pipeline.h"
#include "tests/control/simulated_cluster.h"

namespace berth::test {
namespace {

TEST(Predictions, AtThePlannedDemandAreThoseOfThePlan) {
  Fleet fleet = small_fleet("policy: {headroom: 0}\n");
  const Result<PlanOutcome> outcome = make_plan(fleet, {});
  ASSERT_TRUE(outcome);
  const auto predicted = predict_running(fleet, outcome->plan);
  ASSERT_TRUE(predicted);
  for (std::size_t d = 0; d < outcome->plan.deployments.size(); ++d) {
    EXPECT_NEAR(predicted->deployments[d].tpot_s, outcome->plan.deployments[d].tpot_s, 1e-9);
    EXPECT_NEAR(predicted->deployments[d].ttft_s, outcome->plan.deployments[d].ttft_s, 1e-9);
    EXPECT_LE(predicted->deployments[d].utilization, 1.0);
    EXPECT_GT(predicted->deployments[d].utilization, 0.0);
  }
  for (std::size_t i = 0; i < fleet.classes.size(); ++i) {
    EXPECT_LE(predicted->classes[i].tpot_s, outcome->plan.classes[i].tpot_s + 1e-9);
    EXPECT_GT(predicted->classes[i].running, 0.0);
  }
}

TEST(Predictions, LessDemandIsLessBusy) {
  Fleet fleet = small_fleet();
  const Result<PlanOutcome> outcome = make_plan(fleet, {});
  ASSERT_TRUE(outcome);
  const auto full = predict_running(fleet, outcome->plan);
  for (FleetClass& c : fleet.classes) c.traffic.rate *= 0.5;
  const auto half = predict_running(fleet, outcome->plan);
  ASSERT_TRUE(full && half);
  for (std::size_t d = 0; d < full->deployments.size(); ++d) {
    EXPECT_LT(half->deployments[d].utilization, full->deployments[d].utilization);
  }
}

class LearnedFactors : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const FleetClass& c : fleet_.classes)
      predicted_.classes.push_back({c.traffic.name, 0.5, 0.05, 10.0});
  }
  [[nodiscard]] std::vector<StoredCalibration> after(int windows, double factor,
                                                     double count = 1000.0) {
    LatencyReading reading;
    ClassLatency& row = reading.classes.emplace_back();
    row.name = "chat";
    MeasuredTime time;
    time.count = count;
    time.quantiles.fill(0.05 * factor);
    row.tpot = time;
    std::vector<StoredCalibration> rows;
    for (int k = 0; k < windows; ++k) rows = learned(std::move(rows), reading, predicted_, fleet_);
    return rows;
  }

  Fleet fleet_ = small_fleet();
  RunningPrediction predicted_;
};

TEST_F(LearnedFactors, ComeToWhatIsMeasured) {
  const auto rows = after(30, 1.4);
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_NEAR(rows[0].factor, 1.4, 0.01);
  apply_calibrations(rows, fleet_);
  EXPECT_NEAR(fleet_.classes[0].margin.tpot, 1.0 / 1.4, 0.03);
  EXPECT_TRUE(fleet_.classes[1].margin.none());
}

TEST_F(LearnedFactors, AreBoundedAndOnlyCareful) {
  apply_calibrations(after(30, 1000.0), fleet_);
  EXPECT_EQ(fleet_.classes[0].margin.tpot, 0.5);
  Fleet other = small_fleet();
  apply_calibrations(after(30, 0.3), other);
  EXPECT_TRUE(other.classes[0].margin.none()) << "faster than predicted loosens nothing";
  apply_calibrations(after(30, 1.05), other);
  EXPECT_TRUE(other.classes[0].margin.none()) << "within the band";
}

TEST_F(LearnedFactors, FewRequestsAndFewWindowsTeachNothing) {
  EXPECT_TRUE(after(10, 2.0, 5.0).empty());
  apply_calibrations(after(2, 2.0), fleet_);
  EXPECT_TRUE(fleet_.classes[0].margin.none());
}

}  // namespace
}  // namespace berth::test
