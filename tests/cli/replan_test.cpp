// `berth plan --current` and `berth replay` on the built program.

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string three_services() {
  return std::string(BERTH_SOURCE_DIR) + "/data/fleets/three-services.yaml";
}

class ReplanCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    now_ = path("now.json");
    ASSERT_EQ(run_berth({"plan", fleet(), "--method", "gh", "-o", now_}).status, 0);
  }
  static std::string fleet() {
    return std::string(BERTH_SOURCE_DIR) + "/data/fleets/multi-model.yaml";
  }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }
  nlohmann::json plan(std::vector<std::string> more) const {
    std::vector<std::string> words = {"plan", fleet(), "--current", now_, "--output", "json"};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome out = run_berth(words);
    EXPECT_EQ(out.status, 0) << out.err;
    return nlohmann::json::parse(out.out);
  }

  TemporaryDirectory directory_;
  std::string now_;
};

TEST_F(ReplanCommand, MoreDemandStartsReplicasAndSaysWhatThatCosts) {
  const auto next = plan({"--method", "agh", "--headroom", "1.5"});
  const auto& switching = next["switching"];
  EXPECT_GT(switching["started"], 0);
  EXPECT_GT(switching["usd"], 0.0);
  EXPECT_EQ(switching["hold"], 3600.0);
  EXPECT_GT(switching["ready"], 60.0);
  EXPECT_GT(next["cost"]["switching"], 0.0);
  const std::string file = path("next.json");
  const std::string busier =
      directory_.write("busier.yaml", "format: berth.fleet/1\ninclude: [" + fleet() +
                                          "]\npolicy: {headroom: 1.5}\n");
  const Outcome out = run_berth({"plan", busier, "--current", now_, "--method", "agh", "-o", file});
  EXPECT_THAT(out.out, HasSubstr("From the plan that runs"));
  EXPECT_THAT(out.out, HasSubstr("change of plan"));
  const Outcome checked = run_berth({"check", file, "--against", busier});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
  // A bound above all that the plan costs is found, the cost of its change included.
  auto claims = nlohmann::json::parse(file_text(file));
  const double total = claims["cost"]["total"];
  claims["lower_bound"] = total + 0.01;
  claims["gap"] = -0.01 / total;
  const Outcome above =
      run_berth({"check", directory_.write("above.json", claims.dump()), "--against", busier});
  EXPECT_EQ(above.status, 2);
  EXPECT_THAT(above.out, HasSubstr("bound"));
}

TEST_F(ReplanCommand, TheSameDemandKeepsWhatRuns) {
  for (const char* method : {"gh", "agh", "milp"}) {
    const auto next = plan({"--method", method, "--hysteresis", "20%"});
    EXPECT_EQ(next["switching"]["started"], 0) << method;
    EXPECT_EQ(next["switching"]["stopped"], 0) << method;
    EXPECT_EQ(next["switching"]["kept"], true) << method;
    EXPECT_EQ(next["cost"]["switching"], 0.0) << method;
  }
}

TEST_F(ReplanCommand, FewChangesAreKeptTo) {
  for (const char* method : {"gh", "agh", "milp"}) {
    const auto next = plan({"--method", method, "--headroom", "0.4", "--max-changes", "4"});
    EXPECT_LE(next["switching"]["started"].get<int>() + next["switching"]["stopped"].get<int>(), 4)
        << method;
  }
  for (const char* method : {"dvr", "hf"}) {
    const Outcome few = run_berth({"plan", fleet(), "--current", now_, "--headroom", "0.4",
                                   "--method", method, "--max-changes", "0"});
    EXPECT_TRUE(few.status == 0 || few.status == 3) << method << few.err;
  }
  const Outcome none = run_berth({"plan", fleet(), "--current", now_, "--headroom", "5",
                                  "--max-changes", "0", "--method", "gh"});
  EXPECT_EQ(none.status, 3) << none.out;
  EXPECT_THAT(none.err, HasSubstr("at most 0 replicas may start or stop"));
}

TEST_F(ReplanCommand, WhatRunsAndHasNoPlaceAnyMoreStopsWithAWarning) {
  const auto now = nlohmann::json::parse(file_text(now_));
  const std::string gone = now["deployments"][0]["model"];
  std::string models;
  for (const char* model :
       {"llama-3.1-8b", "llama-3.3-70b", "qwen2.5-32b", "phi-4", "gemma-3-27b"}) {
    if (model != gone) models += (models.empty() ? "" : ", ") + std::string(model);
  }
  const std::string fewer =
      directory_.write("fewer.yaml", "format: berth.fleet/1\ninclude: [" + fleet() +
                                         "]\nmodels: [" + models + "]\n");
  const std::string file = path("next.json");
  const Outcome out = run_berth({"plan", fewer, "--current", now_, "--method", "gh", "-o", file});
  EXPECT_EQ(out.status, 0) << out.err;
  EXPECT_THAT(out.out, HasSubstr("no place in this fleet, under its limits, and must stop"));
  const Outcome checked = run_berth({"check", file, "--against", fewer});
  EXPECT_EQ(checked.status, 0) << checked.out << checked.err;
}

TEST_F(ReplanCommand, FlagsThatCannotBeAreTold) {
  const auto fails = [&](std::vector<std::string> more, const char* words) {
    std::vector<std::string> all = {"plan", fleet()};
    all.insert(all.end(), more.begin(), more.end());
    const Outcome out = run_berth(all);
    EXPECT_EQ(out.status, 1) << words;
    EXPECT_THAT(out.err, HasSubstr(words));
  };
  fails({"--max-changes", "3"}, "--current");
  fails({"--hysteresis", "2%"}, "--current");
  fails({"--current", now_, "--hysteresis", "-1%"}, "a share from 0 to 1 or a percentage");
  fails({"--current", now_, "--hysteresis", "nan"}, "a share from 0 to 1 or a percentage");
  fails({"--current", now_, "--hold", "0s"}, "--hold");
  fails({"--current", now_, "--max-changes", "-1"}, "--max-changes");
  fails({"--current", path("none.json")}, "no such file");
  std::string broken = file_text(now_);
  const std::size_t at = broken.find("\"replicas\": ");
  ASSERT_NE(at, std::string::npos);
  broken.insert(at + 12, "-");
  fails({"--current", directory_.write("broken.json", broken)}, "must not be negative");
}

std::string wave_series() {
  std::string csv = "start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std\n";
  for (int w = 0; w < 6; ++w) {
    csv += std::to_string(600 * w) + ",chat," + std::to_string(5 + 20 * (w % 3)) +
           ",1000,800,200,150\n";
  }
  return csv;
}

class ReplayCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_.write("series.csv", wave_series());
    directory_.write(
        "fleet.yaml",
        "format: berth.fleet/1\nmodels: [llama-3.1-8b]\n"
        "pools: [{name: l40s, gpu: l40s, offers: [{name: one, lot: 1, cost: 1.861}]}]\n"
        "classes: [{name: chat, slo: {ttft: 2s, tpot: 80ms}}]\n");
  }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  TemporaryDirectory directory_;
};

TEST_F(ReplayCommand, ComparesPolicies) {
  const std::string page = path("replay.html");
  const Outcome out =
      run_berth({"replay", path("fleet.yaml"), "--demand", path("series.csv"), "--policies",
                 "static,threshold,gh,agh,oracle", "--output", "json", "--report", page});
  ASSERT_EQ(out.status, 0) << out.err;
  const auto json = nlohmann::json::parse(out.out);
  EXPECT_EQ(json["format"], "berth.replay/1");
  EXPECT_EQ(json["windows"], 6);
  ASSERT_EQ(json["policies"].size(), 6U);
  for (const auto& policy : json["policies"]) {
    EXPECT_EQ(policy["windows"].size(), 6U);
    double sum = 0.0;
    for (const auto& window : policy["windows"]) sum += window["cost"].get<double>();
    EXPECT_NEAR(sum, policy["cost"].get<double>(), 1e-9);
  }
  const std::string html = file_text(page);
  for (const char* part : {"Rolling horizon", "Over time", "Broken promises", "static-peak"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("nan")));
  const Outcome table = run_berth({"replay", path("fleet.yaml"), "--demand", path("series.csv")});
  EXPECT_THAT(table.out, HasSubstr("6 windows of 10 min"));
}

TEST_F(ReplayCommand, PlaysATraceToo) {
  const std::string trace = path("trace.csv");
  ASSERT_EQ(run_berth({"workload", "generate",
                       std::string(BERTH_SOURCE_DIR) + "/data/workloads/azure-2023.yaml",
                       "--duration", "40m", "-o", trace})
                .status,
            0);
  const Outcome out = run_berth({"replay", std::string(BERTH_SOURCE_DIR) + "/data/fleets/demo.yaml",
                                 "--trace", trace, "--policies", "gh", "--output", "json"});
  ASSERT_EQ(out.status, 0) << out.err;
  EXPECT_EQ(nlohmann::json::parse(out.out)["windows"], 4);
}

TEST_F(ReplayCommand, MistakesAreToldTogether) {
  const auto told = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"replay", path("fleet.yaml")};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome out = run_berth(words);
    EXPECT_EQ(out.status, 1) << out.out;
    return out.err;
  };
  EXPECT_THAT(told({}), HasSubstr("expected either --demand or --trace"));
  EXPECT_THAT(told({"--demand", path("series.csv"), "--policies", "agh,oracel"}),
              HasSubstr("did you mean 'oracle'?"));
  EXPECT_THAT(told({"--demand", path("series.csv"), "--window", "7m"}),
              HasSubstr("not a multiple of the series' own 600 s"));
  EXPECT_THAT(told({"--demand", path("series.csv"), "--headroom", "nan"}), HasSubstr("--headroom"));
  EXPECT_THAT(told({"--demand", path("series.csv"), "--map", "a=b"}), HasSubstr("--trace"));
  EXPECT_THAT(told({"--demand", path("series.csv"), "--forecast", "crystal"}),
              HasSubstr("--forecast"));
  directory_.write("other.csv", "start_s,class,rate_per_s\n0,chat,1\n");
  EXPECT_THAT(told({"--demand", path("other.csv")}), HasSubstr("prompt_mean"));
}

TEST(ThreeServices, NineDaysWhereTheSeriesIsThere) {
  const std::string series = std::string(BERTH_SHARED_DIR) + "/data/servegen/demand.csv";
  if (!std::filesystem::exists(series)) GTEST_SKIP() << "the series is not here";
  // A window of twelve hours: the whole run is a study.
  const Outcome out = run_berth({"replay", three_services(), "--demand", series, "--window", "12h",
                                 "--policies", "static-peak,agh", "--output", "json"});
  ASSERT_EQ(out.status, 0) << out.err;
  const auto json = nlohmann::json::parse(out.out);
  EXPECT_EQ(json["classes"], 12);
  const auto& peak = json["policies"][0];
  const auto& agh = json["policies"][1];
  EXPECT_LT(agh["cost"].get<double>(), peak["cost"].get<double>());
  EXPECT_EQ(agh["violation_rate"], 0.0);
}

}  // namespace
}  // namespace berth::test
