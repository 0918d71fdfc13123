// berth workload fit --prometheus against a real server, as a user runs it.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/cli/run_binary.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/simulated_engines.h"

namespace berth::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr double kSixHours = 6 * 3600.0;

/// Two models of one engine, scraped for six hours but for a quarter of one.
std::string two_models() {
  testing::SimulatedEngine chat;
  chat.labels = R"(model_name="meta-llama/Llama-3.1-8B",tenant="chat",instance="a")";
  chat.to_s = kSixHours;
  chat.rate = [](double) { return 4.0; };
  chat.scraped = [](double t) { return t < 10500.0 || t > 11400.0; };
  testing::SimulatedEngine code = chat;
  code.labels = R"(model_name="qwen:7b",tenant="code",instance="b")";
  code.prompt_mean = 3000.0;
  code.rate = [](double) { return 1.0; };
  return testing::vllm_metrics({testing::simulate(chat), testing::simulate(code)});
}

class FitOfMetrics : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = testing::PrometheusServer::why_not(); !why.empty()) {
      GTEST_SKIP() << why;
    }
    server_ = std::make_unique<testing::PrometheusServer>(two_models());
  }
  Outcome fit(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"workload",     "fit",   "--prometheus",
                                          server_->url(), "--end", "2026-01-05T05:00:00Z"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_berth(arguments, directory_.path());
  }

  TemporaryDirectory directory_;
  std::unique_ptr<testing::PrometheusServer> server_;
};

TEST_F(FitOfMetrics, GivesAWorkloadAndASeriesThatArePlannedFor) {
  const Outcome fitted = fit({"--range", "4h", "-o", "workload.yaml", "--series", "demand.csv"});
  ASSERT_EQ(fitted.status, 0) << fitted.err;
  EXPECT_THAT(fitted.out, AllOf(HasSubstr("meta-llama/Llama-3.1-8B"), HasSubstr("qwen-7b")));
  EXPECT_THAT(fitted.err,
              AllOf(HasSubstr("48 windows of 5 min"), HasSubstr("of 48 windows are not measured"),
                    HasSubstr("2026-01-05T02:55:00Z to 2026-01-05T03:10:00Z"),
                    HasSubstr("qwen-7b: the model 'qwen:7b' cannot be the name of a class"),
                    HasSubstr("newest sample of 2026-01-05T05:00:00Z")));
  const std::string yaml = file_text(directory_.path() / "workload.yaml");
  EXPECT_THAT(yaml, HasSubstr("format: berth.workload/1"));
  EXPECT_THAT(yaml, HasSubstr("(vllm), 2026-01-05T01:00:00Z to 2026-01-05T05:00:00Z"));
  EXPECT_THAT(yaml, HasSubstr(server_->url()));
  const std::string series = file_text(directory_.path() / "demand.csv");
  EXPECT_THAT(series, HasSubstr("\n0,meta-llama/Llama-3.1-8B,"));
  EXPECT_THAT(series, Not(HasSubstr("\n7200,")));  // 03:00 was not scraped: no row, not a zero
  for (const char* demand : {"workload.yaml", "demand.csv"}) {
    const std::string fleet = directory_.write(
        "fleet.yaml", std::string("format: berth.fleet/1\nmodels: [llama-3.1-8b]\nworkload: ") +
                          demand + "\ndefaults: {slo: {ttft: 5s, tpot: 100ms}}\n");
    const Outcome plan = run_berth({"plan", fleet, "--time-limit", "1s"});
    EXPECT_EQ(plan.status, 0) << demand << plan.err;
    EXPECT_THAT(plan.out, HasSubstr("qwen-7b"));
  }
}

TEST_F(FitOfMetrics, TakesClassesFromTheFleet) {
  const std::string fleet = directory_.write("fleet.yaml", R"(format: berth.fleet/1
models: [llama-3.1-8b]
classes:
  - {name: chat, rate: 2, prompt_tokens: 1000, output_tokens: 200, slo: {ttft: 2s, tpot: 80ms}}
telemetry:
  classes: {chat: {match: {tenant: chat}}}
)");
  ASSERT_EQ(run_berth({"plan", fleet, "--time-limit", "1s"}).status, 0);
  const Outcome fitted = fit({"--range", "1h", "--fleet", fleet});
  ASSERT_EQ(fitted.status, 0) << fitted.err;
  EXPECT_THAT(fitted.out, AllOf(HasSubstr("name: chat"), Not(HasSubstr("qwen"))));
  EXPECT_THAT(fitted.err, HasSubstr("requests belong to no class: tenant=\"code\""));
}

TEST_F(FitOfMetrics, SaysWhatItLookedFor) {
  const Outcome fitted = fit({"--range", "1h", "--pack", "dynamo"});
  EXPECT_EQ(fitted.status, 1);
  EXPECT_THAT(fitted.err, AllOf(HasSubstr("dynamo_frontend_requests_total"), HasSubstr("--pack")));
}

struct BadCall {
  const char* name;
  std::vector<std::string> arguments;
  std::vector<const char*> said;
};
void PrintTo(const BadCall& call, std::ostream* out) { *out << call.name; }

class BadFitOfMetrics : public ::testing::TestWithParam<BadCall> {};

TEST_P(BadFitOfMetrics, IsToldAtItsFlag) {
  std::vector<std::string> arguments = {"workload", "fit"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Outcome outcome = run_berth(arguments, {}, {"BERTH_PROMETHEUS_TOKEN=a\nb"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_EQ(outcome.out, "");
  for (const char* text : GetParam().said) EXPECT_THAT(outcome.err, HasSubstr(text));
}

INSTANTIATE_TEST_SUITE_P(
    Each, BadFitOfMetrics,
    ::testing::Values(
        BadCall{"nothing", {}, {"no trace to fit", "--prometheus URL"}},
        BadCall{"both", {"t.csv", "--prometheus", "http://h"}, {"--prometheus", "traces"}},
        BadCall{"classes", {"--prometheus", "http://h", "--classes", "3"}, {"--classes"}},
        BadCall{"no_url", {"--range", "3h"}, {"--range", "--prometheus"}},
        BadCall{"unknown_pack",
                {"--prometheus", "http://h", "--pack", "vlm"},
                {"--pack", "vllm", "llm-d", "dynamo"}},
        BadCall{"two_mappings",
                {"--prometheus", "http://h", "--fleet", "f", "--telemetry", "t"},
                {"leave one of them out"}},
        BadCall{"all_at_once",
                {"--prometheus", "h:9090", "--range", "1 parsec", "--end", "soon", "--header", "x",
                 "--timeout", "0s", "--telemetry", "none.yaml"},
                {"http://localhost:9090", "--range", "--end", "'soon' is not a time", "--header",
                 "Name: value", "--timeout", "none.yaml", "line break"}}),
    [](const auto& row) { return row.param.name; });

TEST(FitOfMetricsOffline, NobodyListening) {
  const Outcome outcome = run_berth({"workload", "fit", "--prometheus", "http://127.0.0.1:1"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("http://127.0.0.1:1: Prometheus cannot be reached"));
}

}  // namespace
}  // namespace berth::test
