#include "berth/control/endpoint.h"

#include <httplib.h>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/pipeline/pipeline.h"
#include "tests/control/simulated_cluster.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class EndpointTest : public ::testing::Test {
 protected:
  void SetUp() override {
    EndpointOptions options;
    options.port = 0;
    options.name_space = "serving";
    Result<std::unique_ptr<Endpoint>> opened = Endpoint::open(options, status_, clock_);
    ASSERT_TRUE(opened);
    endpoint_ = *std::move(opened);
  }
  [[nodiscard]] httplib::Result get(const std::string& path) const {
    httplib::Client client("127.0.0.1", endpoint_->port());
    return client.Get(path);
  }
  void give_plan() {
    Result<PlanOutcome> outcome = make_plan(small_fleet(), {});
    ASSERT_TRUE(outcome);
    plan_ = with_lasting_names(std::move(outcome->plan));
    status_.update([&](WatchSnapshot& s) {
      s.interval_s = kInterval;
      s.last_look_s = kBegin;
      s.newest_sample_s = kBegin - 20.0;
      s.plan = plan_;
      s.plan_at_s = kBegin - 100.0;
      s.state = plan_;
      s.decisions["keep"] = 3.0;
      s.demand = {{"odd \"name\"\n", 4.0}};
    });
  }

  Plan plan_;
  WatchStatus status_;
  PastClock clock_{kBegin, kBegin};
  std::unique_ptr<Endpoint> endpoint_;
};

TEST_F(EndpointTest, MetricsAreOpenMetrics) {
  give_plan();
  const auto answer = get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(answer->get_header_value("Content-Type"), HasSubstr("application/openmetrics-text"));
  EXPECT_THAT(answer->body, HasSubstr("berth_decisions_total{kind=\"keep\"} 3\n"));
  EXPECT_THAT(answer->body, HasSubstr("berth_frozen 0\n"));
  EXPECT_THAT(answer->body, HasSubstr("berth_plan_age_seconds 100\n"));
  EXPECT_THAT(answer->body, HasSubstr("berth_data_age_seconds 20\n"));
  EXPECT_THAT(answer->body, HasSubstr("class=\"odd \\\"name\\\"\\n\""));
  EXPECT_THAT(answer->body, HasSubstr("berth_desired_replicas{variant=\""));
  EXPECT_THAT(answer->body, HasSubstr("namespace=\"serving\",accelerator=\""));
  EXPECT_TRUE(answer->body.ends_with("# EOF\n"));
}

TEST_F(EndpointTest, TargetsAreWhatKedaReads) {
  give_plan();
  const PlanDeployment& row = plan_.deployments.front();
  const auto answer = get("/v1/targets/serving/" + row.name);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->body, "{\"desired\":" + std::to_string(row.replicas) + "}");
  const auto other = get("/v1/targets/elsewhere/" + row.name);
  ASSERT_TRUE(other);
  EXPECT_EQ(other->status, 404);
  EXPECT_THAT(other->body, HasSubstr("unknown_name"));
}

TEST_F(EndpointTest, HealthSaysWhetherTheLoopLooks) {
  const auto ready = get("/readyz");
  ASSERT_TRUE(ready);
  EXPECT_EQ(ready->status, 503);
  give_plan();
  EXPECT_EQ(get("/readyz")->status, 200);
  EXPECT_EQ(get("/healthz")->status, 200);
  status_.update([](WatchSnapshot& s) { s.last_look_s = kBegin - 10.0 * kInterval; });
  EXPECT_EQ(get("/healthz")->status, 503);
  EXPECT_THAT(get("/healthz")->body, HasSubstr("stalled"));
}

TEST(Health, AFirstLookThatHangsIsSeenAndALongPlanIsNot) {
  WatchSnapshot s;
  EXPECT_TRUE(is_alive(s, kBegin)) << "it has not begun";
  s.interval_s = 300.0;
  s.solve_limit_s = 30.0;
  s.last_step_s = kBegin;  // the start
  EXPECT_TRUE(is_alive(s, kBegin + 900.0));
  EXPECT_FALSE(is_alive(s, kBegin + 901.0)) << "no look has ended since";
  s.interval_s = 10.0;
  s.solve_limit_s = 600.0;
  EXPECT_TRUE(is_alive(s, kBegin + 670.0)) << "it may be planning";
  EXPECT_FALSE(is_alive(s, kBegin + 671.0));
  s.last_look_s = kBegin + 100.0;
  EXPECT_TRUE(is_alive(s, kBegin + 770.0));
  s.solve_limit_s = std::numeric_limits<double>::infinity();
  EXPECT_FALSE(is_alive(s, kBegin + 100.0 + 86'400.0)) << "no limit is not for ever";
}

TEST(Decisions, FailuresInARowAreCountedUntilALookFindsAPlan) {
  using Kind = Decision::Kind;
  WatchSnapshot s;
  const auto note = [&s](Kind kind) {
    Decision decision;
    decision.kind = kind;
    decision.reason = "a reason";
    note_decision(s, decision);
  };
  for (const Kind kind : {Kind::kFail, Kind::kFreeze, Kind::kAbandon, Kind::kFail}) note(kind);
  EXPECT_EQ(s.failed_looks, 2.0);
  EXPECT_EQ(s.decisions["fail"], 2.0);
  EXPECT_FALSE(s.frozen) << "the data could be trusted again";
  note(Kind::kFreeze);
  note(Kind::kAbandon);
  EXPECT_EQ(s.frozen, "a reason") << "a change that is given up says nothing of the data";
  for (const Kind found : {Kind::kKeep, Kind::kPlan}) {
    note(Kind::kFail);
    note(found);
    EXPECT_EQ(s.failed_looks, 0.0);
  }
}

TEST_F(EndpointTest, WhatEnginesSayStandsBesideWhatWasExpectedOfThem) {
  status_.update([](WatchSnapshot& s) {
    RunningPrediction predicted;
    predicted.classes = {{"chat", 0.5, 0.05, 10.0}};
    PredictedDeployment& row = predicted.deployments.emplace_back();
    row.name = row.object = "llama-l40s";
    row.ttft_mean_s = 0.4;
    row.tpot_mean_s = 0.04;
    row.utilization = 0.5;
    row.slots = 64.0;
    s.predicted = predicted;
    ClassLatency measured;
    measured.name = "llama-l40s";
    MeasuredTime time;
    time.quantiles = {0.1, 0.2, 0.3, 0.75};
    time.beyond[3] = true;
    measured.ttft = measured.tpot = time;
    measured.running_mean = 48.0;
    measured.kv_usage = 0.25;
    s.observed_deployments = {measured};
    measured.name = "chat";
    s.observed = {measured};
  });
  const auto answer = get("/metrics");
  ASSERT_TRUE(answer);
  for (const char* line :
       {"berth_expected_ttft_seconds{class=\"chat\"} 0.5\n",
        "berth_expected_ttft_seconds{variant=\"llama-l40s\"} 0.4\n",
        "berth_expected_tpot_seconds{variant=\"llama-l40s\"} 0.04\n",
        "berth_expected_utilization{variant=\"llama-l40s\"} 0.5\n",
        "berth_observed_ttft_seconds{class=\"chat\",quantile=\"0.95\"} 0.3\n",
        "berth_observed_ttft_seconds{variant=\"llama-l40s\",quantile=\"0.5\"} 0.1\n",
        "berth_observed_tpot_seconds{variant=\"llama-l40s\",quantile=\"0.9\"} 0.2\n",
        "berth_observed_utilization{variant=\"llama-l40s\"} 0.75\n",
        "berth_observed_kv_usage{variant=\"llama-l40s\"} 0.25\n"}) {
    EXPECT_THAT(answer->body, HasSubstr(line));
  }
  EXPECT_THAT(answer->body, Not(HasSubstr("quantile=\"0.99\""))) << "beyond the last bucket";
}

TEST_F(EndpointTest, WhetherAClassWasMeasured) {
  status_.update([](WatchSnapshot& s) { s.measured = {{"chat", true}, {"summary", false}}; });
  const auto answer = get("/metrics");
  ASSERT_TRUE(answer);
  EXPECT_THAT(answer->body, HasSubstr("berth_class_measured{class=\"chat\"} 1\n"));
  EXPECT_THAT(answer->body, HasSubstr("berth_class_measured{class=\"summary\"} 0\n"));
}

TEST_F(EndpointTest, OtherPathsAreRefusedInJson) {
  const auto answer = get("/etc/passwd");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
  EXPECT_THAT(answer->body, HasSubstr("not_found"));
  const auto upwards = get("/../../etc/passwd");
  ASSERT_TRUE(upwards);
  EXPECT_EQ(upwards->status, 400);
  EXPECT_THAT(upwards->body, HasSubstr("\"syntax\""));
}

TEST_F(EndpointTest, ATakenPortIsTold) {
  EndpointOptions options;
  options.port = endpoint_->port();
  const auto second = Endpoint::open(options, status_, clock_);
  ASSERT_FALSE(second);
  EXPECT_THAT(second.errors().front().message, HasSubstr("cannot listen"));
}

TEST(ListenAddresses, AreReadOrRefused) {
  EXPECT_EQ(parse_listen("127.0.0.1:9469")->port, 9469);
  EXPECT_EQ(parse_listen(":80")->host, "0.0.0.0");
  EXPECT_EQ(parse_listen("[::1]:80")->host, "::1");
  for (const char* wrong : {"", "host", "host:", "host:99999", "host:-1", "host:12x"}) {
    EXPECT_FALSE(parse_listen(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace berth::test
