// `berth simulate` on the built program.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_binary.h"

namespace berth::test {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string azure() { return std::string(BERTH_SOURCE_DIR) + "/data/workloads/azure-2023.yaml"; }
std::string demo() { return std::string(BERTH_SOURCE_DIR) + "/data/fleets/demo.yaml"; }

class SimulateCommand : public ::testing::Test {
 protected:
  void SetUp() override {
    plan_ = (directory_.path() / "plan.json").string();
    ASSERT_EQ(run_berth({"plan", demo(), "--method", "gh", "-o", plan_}).status, 0);
  }
  TemporaryDirectory directory_;
  std::string plan_;
};

TEST_F(SimulateCommand, PutsMeasuredBesidePredicted) {
  const Outcome table = run_berth({"simulate", plan_, "--against", demo(), "--duration", "20m"});
  EXPECT_EQ(table.status, 0) << table.err;
  EXPECT_THAT(table.out, HasSubstr("PREDICTED"));
  EXPECT_THAT(table.out, HasSubstr("SIMULATED"));
  EXPECT_THAT(table.out, HasSubstr("at 95 % confidence"));

  const Outcome output = run_berth({"simulate", plan_, "--against", demo(), "--duration", "20m",
                                    "--output", "json", "--fail", "1"});
  ASSERT_EQ(output.status, 0) << output.err;
  const auto json = nlohmann::json::parse(output.out);
  EXPECT_EQ(json["format"], "berth.simulation/1");
  const auto& requests = json["requests"];
  EXPECT_EQ(requests["arrived"].get<long>(), requests["served"].get<long>() +
                                                 requests["queued"].get<long>() +
                                                 requests["dropped"].get<long>());
  for (const auto& row : json["classes"]) {
    EXPECT_LE(row["ttft"]["p50"].get<double>(), row["ttft"]["p99"].get<double>());
    EXPECT_GT(row["predicted"]["ttft"].get<double>(), 0.0);
  }
}

TEST_F(SimulateCommand, TheSameSeedTheSameResult) {
  const auto run = [&](const std::string& threads) {
    auto json = nlohmann::json::parse(
        run_berth({"simulate", plan_, "--against", demo(), "--duration", "10m", "--replications",
                   "3", "--threads", threads, "--output", "json"})
            .out);
    json.erase("wall_seconds");
    return json;
  };
  EXPECT_EQ(run("1"), run("3"));
}

TEST_F(SimulateCommand, ReplaysATraceOfItsOwn) {
  const std::string trace = (directory_.path() / "t.csv").string();
  ASSERT_EQ(run_berth({"workload", "generate", azure(), "--duration", "10m", "-o", trace}).status,
            0);
  const Outcome outcome =
      run_berth({"simulate", plan_, "--against", demo(), "--trace", trace, "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  EXPECT_GT(nlohmann::json::parse(outcome.out)["requests"]["served"].get<long>(), 100);
}

TEST_F(SimulateCommand, SaysWhatIsWrong) {
  const Outcome alone = run_berth({"simulate", plan_});
  EXPECT_EQ(alone.status, 1);
  EXPECT_THAT(alone.err, HasSubstr("--against"));
  const Outcome pool =
      run_berth({"simulate", plan_, "--against", demo(), "--fail-pool", "nowhere"});
  EXPECT_EQ(pool.status, 1);
  EXPECT_THAT(pool.err, HasSubstr("nowhere"));
  const Outcome both =
      run_berth({"simulate", plan_, "--against", demo(), "--duration", "10s", "--warm-up", "1m"});
  EXPECT_EQ(both.status, 1);
  EXPECT_THAT(both.err, HasSubstr("--warm-up"));
  const std::string empty = directory_.write("empty.csv", "timestamp,prompt,output\n");
  const Outcome none = run_berth({"simulate", plan_, "--against", demo(), "--trace", empty});
  EXPECT_EQ(none.status, 1);
  EXPECT_THAT(none.err, HasSubstr("empty.csv"));
  const Outcome overload =
      run_berth({"simulate", plan_, "--against", demo(), "--duration", "10m", "--load", "50"});
  EXPECT_EQ(overload.status, 0);
  EXPECT_THAT(overload.out, HasSubstr("0 of 2 classes"));
}

TEST_F(SimulateCommand, AVerifiedPlanHoldsAndIsChecked) {
  const std::string plan = (directory_.path() / "verified.json").string();
  const Outcome verified = run_berth({"plan", demo(), "--verify", "-o", plan});
  EXPECT_EQ(verified.status, 0) << verified.out << verified.err;
  EXPECT_THAT(verified.out, HasSubstr("Every class holds at 95 % confidence"));
  EXPECT_EQ(run_berth({"check", plan, "--against", demo()}).status, 0);
  // Requests that the margins have not seen.
  const Outcome fresh = run_berth({"simulate", plan, "--against", demo(), "--seed", "77",
                                   "--replications", "4", "--output", "json"});
  ASSERT_EQ(fresh.status, 0) << fresh.err;
  const auto json = nlohmann::json::parse(fresh.out);
  for (const auto& row : json["classes"]) EXPECT_TRUE(row["slo_met"].get<bool>()) << row["name"];
}

TEST_F(SimulateCommand, WritesAPageWithTheFiguresOfItsJson) {
  const std::string page = (directory_.path() / "simulation.html").string();
  const Outcome outcome = run_berth({"simulate", plan_, "--against", demo(), "--duration", "20m",
                                     "--fail", "1", "--report", page, "--output", "json"});
  ASSERT_EQ(outcome.status, 0) << outcome.err;
  const std::string html = file_text(page);
  EXPECT_THAT(html, HasSubstr("</html>"));
  EXPECT_THAT(html, HasSubstr("1 replica after 10"));
  for (const auto& row : nlohmann::json::parse(outcome.out)["classes"]) {
    EXPECT_THAT(html, HasSubstr(row["name"].get<std::string>()));
    EXPECT_THAT(html, HasSubstr(row["name"].get<std::string>() +
                                (row["slo_met"].get<bool>() ? " holds" : " misses: ")));
  }
  for (const char* forbidden : {"<script", "http://", "https://", "src="}) {
    EXPECT_THAT(html, Not(HasSubstr(forbidden)));
  }
}

TEST_F(SimulateCommand, WideShowsMore) {
  const Outcome wide =
      run_berth({"simulate", plan_, "--against", demo(), "--duration", "20m", "--output", "wide"});
  ASSERT_EQ(wide.status, 0) << wide.err;
  for (const char* part : {"P90", "GOODPUT", "OVER TIME", "waiting"}) {
    EXPECT_THAT(wide.out, HasSubstr(part));
  }
}

TEST_F(SimulateCommand, ShowsProgressOnATerminalAlone) {
  // Long enough to be watched; builds that look for errors take many times as long.
  constexpr int kTimeout = 240;
  const std::vector<std::string> command = {"simulate",   plan_,  "--against", demo(),
                                            "--duration", "100h", "--output",  "json"};
  const Outcome watched = run_berth_on_terminal(command, kTimeout);
  ASSERT_EQ(watched.status, 0) << watched.err;
  EXPECT_THAT(watched.err, HasSubstr("of 6000 min simulated"));
  EXPECT_TRUE(watched.err.ends_with("\r\033[K")) << "the line is left behind";
  std::vector<std::string> quiet = command;
  quiet.insert(quiet.begin(), "--quiet");
  EXPECT_EQ(run_berth_on_terminal(quiet, kTimeout).err, "");
  EXPECT_EQ(run_berth(command, {}, {}, kTimeout).err, "");
}

TEST_F(SimulateCommand, VerificationGoesIntoAFileAndThePage) {
  const std::string file = (directory_.path() / "verification.json").string();
  const std::string page = (directory_.path() / "report.html").string();
  const Outcome outcome =
      run_berth_on_terminal({"plan", demo(), "--verify", "--verification", file, "--report", page,
                             "--output", "json", "--verify-duration", "20m"});
  ASSERT_THAT(outcome.status, ::testing::AnyOf(0, 2)) << outcome.err;
  EXPECT_THAT(outcome.err, HasSubstr("plan 1: $"));
  EXPECT_THAT(outcome.err, HasSubstr(" of 2 hold"));
  const auto plan = nlohmann::json::parse(outcome.out);
  const auto json = nlohmann::json::parse(file_text(file));
  EXPECT_EQ(json["format"], "berth.verification/1");
  EXPECT_EQ(json["holds"].get<bool>(), outcome.status == 0);
  EXPECT_EQ(json["simulation"]["format"], "berth.simulation/1");
  EXPECT_NEAR(json["cost"]["verified"].get<double>(), plan["cost"]["total"].get<double>(), 1e-6);
  EXPECT_EQ(json["cost"]["first"], json["rounds"][0]["usd_per_hour"]);
  EXPECT_NEAR(json["cost"]["first"].get<double>() + json["cost"]["correction"].get<double>(),
              json["cost"]["verified"].get<double>(), 1e-6);
  const std::string html = file_text(page);
  for (const char* part : {"Cost by deployment", "Plans tried", "Predicted beside simulated"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
  const Outcome alone = run_berth({"plan", demo(), "--verification", file});
  EXPECT_EQ(alone.status, 1);
  EXPECT_THAT(alone.err, HasSubstr("--verify"));
}

}  // namespace
}  // namespace berth::test
