// Metrics that are named otherwise, missing in part, or contradict each other.

#include <functional>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/telemetry/live_server.h"

namespace berth::testing {
namespace {

using Kind = TelemetryWarning::Kind;
using ::testing::HasSubstr;

SimulatedEngine steady(std::string labels) {
  SimulatedEngine engine;
  engine.labels = std::move(labels);
  engine.to_s = 3 * kHour;
  engine.rate = [](double) { return 3.0; };
  return engine;
}

std::string with_lines(const std::string& text,
                       const std::function<bool(const std::string&)>& keep) {
  std::istringstream lines(text);
  std::string line;
  std::string kept;
  while (std::getline(lines, line)) {
    if (keep(line)) kept += line + "\n";
  }
  return kept;
}

bool holds(const std::string& line, const char* part) {
  return line.find(part) != std::string::npos;
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
}

class BadData : public LiveServerTest {
 protected:
  [[nodiscard]] DemandReading read(const TelemetryMapping& mapping) const {
    return demand(mapping, kHour, 2 * kHour, kStep);
  }
};

TEST_F(BadData, OldAndNewSpellingsRunSideBySide) {
  const SimulatedRun current = simulate(steady(R"(model_name="m",instance="new")"));
  std::string older = llm_d_metrics({simulate(steady(R"(model_name="m",instance="old")"))});
  replace_all(older, "llm_d_epp_request_input", "inference_objective_input");
  replace_all(older, "llm_d_epp_request_output", "inference_objective_output");
  replace_all(older, "llm_d_epp_request", "inference_objective_request");
  const std::string newer = llm_d_metrics({current});
  serve(newer.substr(0, newer.size() - std::string("# EOF\n").size()) + older);
  const DemandReading reading = read(default_mapping("llm-d").value());
  const MeasuredClass& found = class_named(reading, "m");
  EXPECT_NEAR(found.requests / found.measured_s, 6.0, 0.05);
  EXPECT_NEAR(found.prompt->mean(), current.prompt_mean, 0.02 * current.prompt_mean);
  EXPECT_EQ(warning_of(reading.warnings, Kind::kContradiction), nullptr)
      << all_texts(reading.warnings);
}

TEST_F(BadData, CountersOfTokensStandInForHistograms) {
  const SimulatedRun truth = simulate(steady(R"(model_name="m",instance="a")"));
  serve(vllm_metrics({truth}));
  TelemetryMapping mapping = default_mapping("vllm").value();
  mapping.pack.of(MetricRole::kPromptTokens) = {};
  mapping.pack.of(MetricRole::kOutputTokens) = {"renamed_tokens"};
  const DemandReading reading = read(mapping);
  const MeasuredClass& found = class_named(reading, "m");
  EXPECT_NEAR(found.prompt->mean(), truth.prompt_mean, 0.02 * truth.prompt_mean);
  EXPECT_NEAR(found.output->mean(), truth.output_mean, 0.02 * truth.output_mean);
  EXPECT_EQ(found.output->standard_deviation(), found.output->mean());
  const std::string told = all_texts(reading.warnings);
  EXPECT_THAT(told, HasSubstr("no histogram of output_tokens (renamed_tokens); the mean"));
  EXPECT_THAT(told, HasSubstr("the pack 'vllm' has no name for it"));
}

TEST_F(BadData, RequestsWithoutTokensAreTold) {
  const std::string text = vllm_metrics({simulate(steady(R"(model_name="m",instance="a")")),
                                         simulate(steady(R"(model_name="m",instance="b")"))});
  serve(with_lines(text, [](const std::string& line) {
    return !(holds(line, "instance=\"b\"") && holds(line, "vllm:request_prompt_tokens"));
  }));
  const DemandReading reading = read(default_mapping("vllm").value());
  EXPECT_NEAR(class_named(reading, "m").requests / kHour, 6.0, 0.05);
  const auto* told = warning_of(reading.warnings, Kind::kContradiction, "m");
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message,
              HasSubstr("vllm:request_prompt_tokens knows the lengths of 50 % of the requests"));
}

TEST_F(BadData, BucketsAndCountThatDisagreeAreTold) {
  const std::string text = vllm_metrics({simulate(steady(R"(model_name="m",instance="a")")),
                                         simulate(steady(R"(model_name="m",instance="b")"))});
  serve(with_lines(text, [](const std::string& line) {
    return !(holds(line, "instance=\"b\"") && holds(line, "generation_tokens_count"));
  }));
  const DemandReading reading = read(default_mapping("vllm").value());
  EXPECT_THAT(all_texts(reading.warnings),
              HasSubstr("m: vllm:request_generation_tokens: the buckets hold"));
}

TEST_F(BadData, AMeanThatNoBucketAllowsIsTold) {
  const std::string text = vllm_metrics({simulate(steady(R"(model_name="m",instance="a")"))});
  std::string wrong = text;
  // Sums of another metric: prompts of 800 tokens are none of 0.3.
  replace_all(wrong, "vllm:request_prompt_tokens_sum", "dropped_sum");
  replace_all(wrong, "vllm:time_to_first_token_seconds_sum", "vllm:request_prompt_tokens_sum");
  serve(wrong);
  const DemandReading reading = read(default_mapping("vllm").value());
  const auto* told = warning_of(reading.warnings, Kind::kContradiction, "m");
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message, HasSubstr("lies outside the buckets"));
}

TEST_F(BadData, PromptsBeyondTheLastBucketAreTold) {
  SimulatedEngine engine = steady(R"(model_name="m",instance="a")");
  engine.prompt_mean = 120'000.0;
  engine.prompt_std = 60'000.0;
  const SimulatedRun truth = simulate(engine);
  serve(vllm_metrics({truth}));
  const DemandReading reading = read(default_mapping("vllm").value());
  const auto* told = warning_of(reading.warnings, Kind::kOpenBucket, "m");
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message, HasSubstr("last bucket's edge, 100000 tokens"));
  EXPECT_NEAR(class_named(reading, "m").prompt->mean(), truth.prompt_mean,
              0.01 * truth.prompt_mean);
}

}  // namespace
}  // namespace berth::testing
