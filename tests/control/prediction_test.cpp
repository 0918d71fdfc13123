#include "berth/control/prediction.h"

#include <cmath>
#include <map>

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

TEST(Predictions, OfDeploymentsAddUpToThoseOfClasses) {
  const Fleet fleet = small_fleet();
  const Result<PlanOutcome> outcome = make_plan(fleet, {});
  ASSERT_TRUE(outcome);
  const auto predicted = predict_running(fleet, outcome->plan);
  ASSERT_TRUE(predicted);
  EXPECT_EQ(predicted->routes.size(), outcome->plan.routes.size());
  double by_class = 0.0;
  double by_deployment = 0.0;
  for (const PredictedClass& row : predicted->classes) by_class += row.running;
  for (const PredictedDeployment& row : predicted->deployments) {
    by_deployment += row.running;
    EXPECT_GT(row.ttft_mean_s, 0.0);
    EXPECT_LE(row.ttft_mean_s, row.ttft_s + 1e-12);
    EXPECT_LE(row.tpot_mean_s, row.tpot_s + 1e-12);
    EXPECT_FALSE(row.object.empty());
    // What runs in the slots is their busy share.
    EXPECT_NEAR(row.running / row.slots, row.utilization, 0.3 * row.utilization);
  }
  EXPECT_NEAR(by_deployment, by_class, 1e-9);
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

  /// Two deployments, both with 50 ms a token and ten requests running; `chat` is at both, 3 : 1.
  void add_deployments() {
    for (const char* name : {"a", "b"}) {
      PredictedDeployment& row = predicted_.deployments.emplace_back();
      row.name = row.object = name;
      row.tpot_mean_s = 0.05;
      row.running = 10.0;
      row.slots = 20.0;
    }
    predicted_.routes = {{0, 0, 0.75}, {0, 1, 0.25}, {1, 1, 1.0}};
  }
  static ClassLatency engine(const char* name, double factor, double load, double count = 1000.0) {
    ClassLatency row;
    row.name = name;
    MeasuredTime time;
    time.count = count;
    time.quantiles.fill(0.05 * factor);
    row.tpot = time;
    row.running_mean = 10.0 * load;
    return row;
  }
  [[nodiscard]] std::map<std::string, double> taught_by(
      const std::vector<ClassLatency>& deployments, const LatencyReading& classes = {}) const {
    std::map<std::string, double> factors;
    for (const StoredCalibration& row : learned({}, classes, predicted_, fleet_, deployments)) {
      factors[row.query_class + " " + row.quantity] = row.factor;
    }
    return factors;
  }

  Fleet fleet_ = small_fleet();
  RunningPrediction predicted_;
};

TEST_F(LearnedFactors, ComeFromTheDeploymentsThatServeAClass) {
  add_deployments();
  const auto factors = taught_by({engine("a", 2.0, 1.2), engine("b", 1.0, 0.8)});
  ASSERT_EQ(factors.size(), 4U);
  EXPECT_NEAR(factors.at("chat tpot"), 0.75 * 2.0 + 0.25 * 1.0, 1e-12);
  EXPECT_NEAR(factors.at("chat load"), 0.75 * 1.2 + 0.25 * 0.8, 1e-12);
  EXPECT_NEAR(factors.at("summary tpot"), 1.0, 1e-12);
  EXPECT_NEAR(factors.at("summary load"), 0.8, 1e-12);
}

TEST_F(LearnedFactors, OfDeploymentsAreBoundedBeforeTheyAreMixed) {
  add_deployments();
  const auto factors = taught_by({engine("a", 1000.0, 1e-6), engine("b", 1.0, 1.0)});
  EXPECT_NEAR(factors.at("chat tpot"), 0.75 * LearningOptions{}.most_factor + 0.25, 1e-12);
  EXPECT_NEAR(factors.at("chat load"), 0.75 * LearningOptions{}.least_factor + 0.25, 1e-12);
}

TEST_F(LearnedFactors, ComeFromTheClassWhereTooFewOfItsEnginesAreSeen) {
  add_deployments();
  LatencyReading classes;
  classes.classes = {engine("chat", 1.5, 1.0), engine("summary", 1.5, 1.0)};
  classes.classes[0].running = 13.0;
  // Only a quarter of chat is seen, and all of summary.
  auto factors = taught_by({engine("b", 3.0, 2.0)}, classes);
  EXPECT_NEAR(factors.at("chat tpot"), 1.5, 1e-12);
  EXPECT_NEAR(factors.at("chat load"), 1.3, 1e-12);
  EXPECT_NEAR(factors.at("summary tpot"), 3.0, 1e-12);
  // Few requests teach nothing, and neither do gaps between single tokens.
  ClassLatency gaps = engine("a", 3.0, 2.0);
  gaps.tpot_of_tokens = true;
  factors = taught_by({gaps, engine("b", 3.0, 2.0, 10.0)}, classes);
  EXPECT_NEAR(factors.at("chat tpot"), 1.5, 1e-12);
  EXPECT_NEAR(factors.at("summary tpot"), 1.5, 1e-12);
  EXPECT_TRUE(taught_by({gaps}).empty());
}

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
