// `berth stress` and `berth study merge` on the built program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string stressed_fleet() {
  return std::string(BERTH_SOURCE_DIR) + "/data/fleets/multi-model.yaml";
}

class StressCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    plan_ = (directory_.path() / "plan.json").string();
    ASSERT_EQ(run_berth({"plan", stressed_fleet(), "--method", "gh", "-o", plan_}).status, 0);
  }
  std::string path(const std::string& name) const { return (directory_.path() / name).string(); }

  TemporaryDirectory directory_;
  std::string plan_;
};

TEST_F(StressCommand, ComparesMethodsAndHeadrooms) {
  const std::string page = path("stress.html");
  const Outcome out =
      run_berth({"stress", stressed_fleet(), "--methods", "gh", "--headroom", "0,0.5",
                 "--scenarios", "60", "--output", "json", "--report", page});
  ASSERT_EQ(out.status, 0) << out.err;
  const auto json = nlohmann::json::parse(out.out);
  EXPECT_EQ(json["format"], "berth.stress/1");
  ASSERT_EQ(json["methods"].size(), 2U);
  const auto& none = json["methods"][0];
  const auto& half = json["methods"][1];
  EXPECT_EQ(none["rows"].size(), 60U);
  EXPECT_LT(none["plan_cost"].get<double>(), half["plan_cost"].get<double>());
  EXPECT_GT(none["violation_rate"].get<double>(), half["violation_rate"].get<double>());
  EXPECT_LE(none["expected_cost"].get<double>(), none["p95_cost"].get<double>());
  const std::string html = file_text(page);
  for (const char* part : {"Cost and robustness", "Figures", "Set-up", "gh, 50 % headroom"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST_F(StressCommand, PartsJoinToTheNumbersOfOneRun) {
  const auto run = [&](std::vector<std::string> more) {
    std::vector<std::string> words = {"stress", stressed_fleet(), "--plan",
                                      plan_,    "--scenarios",    "40"};
    words.insert(words.end(), more.begin(), more.end());
    return run_berth(words);
  };
  const Outcome whole = run({"--output", "json"});
  ASSERT_EQ(whole.status, 0) << whole.err;
  ASSERT_EQ(run({"--shard", "1/2", "-o", path("b.json")}).status, 0);
  ASSERT_EQ(run({"--shard", "0/2", "-o", path("a.json")}).status, 0);
  const Outcome merged =
      run_berth({"study", "merge", path("b.json"), path("a.json"), "--output", "json"});
  ASSERT_EQ(merged.status, 0) << merged.err;
  auto one = nlohmann::json::parse(whole.out);
  auto joined = nlohmann::json::parse(merged.out);
  EXPECT_TRUE(one["methods"][0]["headroom"].is_null()) << "a plan file does not say";
  one.erase("wall_seconds");
  joined.erase("wall_seconds");
  EXPECT_EQ(one, joined);

  const Outcome half = run_berth({"study", "merge", path("a.json")});
  EXPECT_EQ(half.status, 1);
  EXPECT_THAT(half.err, HasSubstr("part 1/2 is missing"));
  const Outcome wrong = run_berth({"study", "merge", plan_});
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.err, HasSubstr("berth.stress/1"));
}

TEST_F(StressCommand, ShowsBudgetsAndFactorsBesideHeadrooms) {
  const std::string page = path("stress.html");
  const Outcome out = run_berth({"stress",       stressed_fleet(),
                                 "--methods",    "gh",
                                 "--headroom",   "0",
                                 "--robust",     "0,2",
                                 "--survive",    "1,1.2",
                                 "--delay-kind", "latency",
                                 "--delay",      "1.2:1.2",
                                 "--demand",     "1.2:1.2",
                                 "--error",      "1",
                                 "--scenarios",  "8",
                                 "-o",           path("all.json"),
                                 "--report",     page});
  ASSERT_EQ(out.status, 0) << out.err;
  EXPECT_THAT(out.out, HasSubstr("latency x 1.2"));
  EXPECT_THAT(out.out, HasSubstr("0 %, robust 2"));
  EXPECT_THAT(file_text(page), HasSubstr("gh, survive 1.2"));
  EXPECT_THAT(file_text(page), HasSubstr("no capacity lost"));
  const auto json = nlohmann::json::parse(file_text(path("all.json")));
  EXPECT_EQ(json["delay_kind"], "latency");
  ASSERT_EQ(json["methods"].size(), 4U);
  EXPECT_TRUE(json["methods"][0]["robust"].is_null());
  EXPECT_EQ(json["methods"][1]["robust"], 2.0);
  EXPECT_EQ(json["methods"][2]["survive"], 1.0);
  EXPECT_TRUE(json["methods"][3]["headroom"].is_null());
  EXPECT_GT(json["methods"][2]["violation_rate"].get<double>(), 0.0);
  EXPECT_EQ(json["methods"][3]["violation_rate"].get<double>(), 0.0);
  const Outcome merged = run_berth({"study", "merge", path("all.json"), "--output", "json"});
  ASSERT_EQ(merged.status, 0) << merged.err;
  EXPECT_EQ(nlohmann::json::parse(merged.out), json);
}

TEST_F(StressCommand, SaysWhatIsWrong) {
  const auto fails = [&](std::vector<std::string> more, const char* says) {
    std::vector<std::string> words = {"stress", stressed_fleet()};
    words.insert(words.end(), more.begin(), more.end());
    const Outcome out = run_berth(words);
    EXPECT_EQ(out.status, 1);
    EXPECT_THAT(out.err, HasSubstr(says));
  };
  fails({"--methods", "agg"}, "did you mean 'agh'?");
  fails({"--demand", "2:1"}, "--demand");
  fails({"--delay", "-1"}, "--delay");
  fails({"--error", "x"}, "--error");
  fails({"--headroom", "a"}, "--headroom");
  fails({"--robust", "0,x"}, "--robust");
  fails({"--robust", "-1"}, "--robust");
  fails({"--survive", "0.5"}, "--survive");
  fails({"--plan", plan_, "--survive", "1.5"}, "--survive");
  fails({"--delay-kind", "slow"}, "--delay-kind");
  fails({"--shard", "3/2"}, "--shard");
  fails({"--plan", plan_, "--methods", "gh"}, "--methods");
  fails({"--scenarios", "0"}, "--scenarios");
  fails({"--seed", "-1"}, "--seed");
  fails({"--plan", path("none.json")}, "no such file");
}

}  // namespace
}  // namespace berth::test
