#include "berth/experiment/experiment.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "berth/core/text.h"
#include "berth/output/experiment_report.h"

namespace berth {
namespace {

Experiment quick(ExperimentKind kind) {
  ExperimentRequest request;
  request.kind = kind;
  request.quick = true;
  request.scenarios = 20;
  request.time_limit = Seconds{0.3};
  Result<Experiment> result = run_experiment(request);
  EXPECT_TRUE(result.ok()) << (result.ok() ? "" : result.errors().front().message);
  return std::move(result).value();
}

std::size_t column(const Experiment& experiment, const std::string& name) {
  const auto at = std::find(experiment.columns.begin(), experiment.columns.end(), name);
  EXPECT_NE(at, experiment.columns.end()) << name;
  return static_cast<std::size_t>(at - experiment.columns.begin());
}

void expect_whole(const Experiment& experiment) {
  ASSERT_FALSE(experiment.rows.empty());
  for (const auto& row : experiment.rows) EXPECT_EQ(row.size(), experiment.columns.size());
  EXPECT_FALSE(experiment.answers.empty());
  std::set<std::string> names;
  for (const ExperimentPlot& plot : experiment_plots(experiment)) {
    EXPECT_TRUE(names.insert(plot.name).second) << plot.name;
    EXPECT_GT(plot.height, 0.0);
    EXPECT_NE(plot.svg.find("<svg"), std::string::npos);
  }
  EXPECT_FALSE(names.empty());
  const std::string page = to_html_report(experiment);
  for (const std::string& answer : experiment.answers) {
    EXPECT_NE(page.find(answer.substr(0, 20)), std::string::npos);
  }
  EXPECT_EQ(page.find("nan"), std::string::npos);
  const std::string csv = to_csv(experiment);
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'),
            static_cast<std::ptrdiff_t>(experiment.rows.size()) + 1);
}

TEST(Experiments, SensitivityTurnsEveryKnobAndDearerGpusCostMore) {
  const Experiment experiment = quick(ExperimentKind::kSensitivity);
  expect_whole(experiment);
  std::set<std::string> knobs;
  double before = 0.0;
  for (const auto& row : experiment.rows) {
    knobs.insert(row[0]);
    if (row[0] != "price") continue;
    const auto cost = parse_number(row[column(experiment, "cost_usd_per_hour")]);
    ASSERT_TRUE(cost);
    EXPECT_GE(*cost, before);
    before = *cost;
  }
  EXPECT_EQ(knobs, (std::set<std::string>{"budget", "delay", "error", "price", "memory"}));
}

TEST(Experiments, StressHasTheSameScenariosAndSurvivorsBreakLess) {
  const Experiment experiment = quick(ExperimentKind::kStress);
  expect_whole(experiment);
  const std::size_t rate = column(experiment, "violation_rate");
  const auto broken = [&](const std::string& plan) {
    for (const auto& row : experiment.rows) {
      if (row[0] == "strict" && row[1] == "1.2" && row[2] == plan) return *parse_number(row[rate]);
    }
    ADD_FAILURE() << plan;
    return 0.0;
  };
  EXPECT_LT(broken("agh, survive 1.2"), broken("milp, 0 % headroom"));
}

TEST(Experiments, AzureComparesPoliciesOnTheBuiltInTraffic) {
  const Experiment experiment = quick(ExperimentKind::kAzure);
  expect_whole(experiment);
  EXPECT_EQ(experiment.rows.size(), 14U) << "seven policies, demand known and not";
}

TEST(Experiments, StopsWhenAsked) {
  StopFlag stop;
  stop.request_stop();
  ExperimentRequest request;
  request.kind = ExperimentKind::kStress;
  request.quick = true;
  request.stop = &stop;
  const Result<Experiment> result = run_experiment(request);
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.errors().front().code, ErrorCode::kLimitReached);
}

}  // namespace
}  // namespace berth
