// What is read back from a real Prometheus against what the generator knows.

#include <cmath>
#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/telemetry/live_server.h"

namespace berth::testing {
namespace {

using Kind = TelemetryWarning::Kind;
using ::testing::HasSubstr;

double daily(double t) { return 4.0 + 2.0 * std::sin(t / 1800.0); }

SimulatedEngine engine(std::string labels, double hours) {
  SimulatedEngine engine;
  engine.labels = std::move(labels);
  engine.to_s = hours * kHour;
  engine.rate = daily;
  return engine;
}

/// Window by window, where the range was measured as a whole.
void expect_rates(const MeasuredClass& found, const SimulatedRun& truth, double from_s,
                  double tolerance) {
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    const double begin = from_s + static_cast<double>(w) * kStep;
    ASSERT_TRUE(found.windows[w].has_value()) << "window " << w;
    const double expected = truth.rate_between(begin, begin + kStep);
    EXPECT_NEAR(found.windows[w]->rate, expected, tolerance * expected) << "window " << w;
  }
}

/// The mean is exact (of sums); the spread is as good as buckets of 1, 2, 5 allow.
void expect_lengths(const MeasuredClass& found, const SimulatedRun& truth) {
  ASSERT_TRUE(found.prompt && found.output);
  EXPECT_NEAR(found.prompt->mean(), truth.prompt_mean, 0.01 * truth.prompt_mean);
  EXPECT_NEAR(found.output->mean(), truth.output_mean, 0.01 * truth.output_mean);
  EXPECT_NEAR(found.prompt->standard_deviation(), truth.prompt_std, 0.05 * truth.prompt_std);
  EXPECT_NEAR(found.output->standard_deviation(), truth.output_std, 0.05 * truth.output_std);
}

class Demand : public LiveServerTest {};

TEST_F(Demand, VllmCountersGiveRatesLengthsAndReuse) {
  SimulatedEngine source = engine(R"(model_name="llama",instance="a:8000")", 4);
  source.hit_share = 0.25;
  const SimulatedRun truth = simulate(source);
  serve(vllm_metrics({truth}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 3 * kHour, kStep);
  ASSERT_EQ(reading.classes.size(), 1U);
  const MeasuredClass& found = class_named(reading, "llama");
  ASSERT_EQ(found.windows.size(), 24U);
  expect_rates(found, truth, kHour, 0.02);
  expect_lengths(found, truth);
  EXPECT_NEAR(found.requests / found.measured_s, truth.rate_between(kHour, 3 * kHour), 0.02);
  EXPECT_NEAR(found.prefix_reuse.value(), 0.25, 0.005);
  EXPECT_EQ(reading.scrape_interval_s, 15.0);
  EXPECT_EQ(reading.newest_sample_s, kScrapeStart + 3 * kHour);
  // Completions say nothing about arrivals, and that is told; nothing else is wrong.
  EXPECT_EQ(found.cv2, std::nullopt);
  ASSERT_EQ(reading.warnings.size(), 1U) << all_texts(reading.warnings);
  EXPECT_EQ(reading.warnings[0].kind, Kind::kDefaulted);
}

TEST_F(Demand, EndpointPickerCountsArrivalsAndTheirVariability) {
  SimulatedEngine source = engine(R"(model_name="llama",target_model_name="llama-v2")", 6);
  source.seed = 7;
  const SimulatedRun truth = simulate(source);
  serve(llm_d_metrics({truth}));
  const DemandReading reading = demand(default_mapping("llm-d").value(), 0.0, 6 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  expect_rates(found, truth, 0.0, 0.02);
  expect_lengths(found, truth);
  EXPECT_NEAR(found.cv2.value(), 1.0, 0.15);  // arrivals are Poisson
  EXPECT_TRUE(found.windows[3]->cv2.has_value());
  // The picker knows no prefix cache; nothing else is in doubt.
  ASSERT_EQ(reading.warnings.size(), 1U) << all_texts(reading.warnings);
  EXPECT_THAT(reading.warnings[0].message, HasSubstr("vllm:prefix_cache_queries_total"));
}

TEST_F(Demand, DynamoFrontendIsReadByItsModelLabel) {
  const SimulatedRun truth = simulate(engine(R"(model="qwen",instance="f:8000")", 3));
  serve(dynamo_metrics({truth}));
  const DemandReading reading = demand(default_mapping("dynamo").value(), kHour, 2 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "qwen");
  expect_rates(found, truth, kHour, 0.02);
  expect_lengths(found, truth);
}

TEST_F(Demand, CounterResetIsNoNegativeDemand) {
  SimulatedEngine source = engine(R"(model_name="llama",instance="a")", 3);
  source.reset_at_s = 1.5 * kHour + 60.0;
  const SimulatedRun truth = simulate(source);
  serve(vllm_metrics({truth}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 2 * kHour, kStep);
  // What came between the last scrape before the reset and the reset is lost: one interval of 20.
  expect_rates(class_named(reading, "llama"), truth, kHour, 0.06);
}

TEST_F(Demand, RestartedPodGoesOnUnderANewName) {
  SimulatedEngine before = engine(R"(model_name="llama",instance="pod-1")", 1.5);
  SimulatedEngine after = engine(R"(model_name="llama",instance="pod-2")", 3);
  after.from_s = 1.5 * kHour;
  const SimulatedRun first = simulate(before);
  const SimulatedRun second = simulate(after);
  serve(vllm_metrics({first, second}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 2 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    const double begin = kHour + static_cast<double>(w) * kStep;
    const double truth =
        first.rate_between(begin, begin + kStep) + second.rate_between(begin, begin + kStep);
    ASSERT_TRUE(found.windows[w].has_value()) << w;
    EXPECT_NEAR(found.windows[w]->rate, truth, 0.02 * truth) << "window " << w;
  }
  EXPECT_EQ(warning_of(reading.warnings, Kind::kMissingWindows), nullptr);
}

TEST_F(Demand, InstancesAreAddedUp) {
  const SimulatedRun one = simulate(engine(R"(model_name="llama",instance="a")", 3));
  SimulatedEngine slower = engine(R"(model_name="llama",instance="b")", 3);
  slower.rate = [](double) { return 1.0; };
  const SimulatedRun two = simulate(slower);
  serve(vllm_metrics({one, two}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 2 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  const double truth = one.rate_between(kHour, 2 * kHour) + two.rate_between(kHour, 2 * kHour);
  EXPECT_NEAR(found.requests / found.measured_s, truth, 0.01 * truth);
}

TEST_F(Demand, MissingHourIsMissingAndNeverZero) {
  SimulatedEngine source = engine(R"(model_name="llama",instance="a")", 5);
  // Not on the edges of windows: 02:03:20 to 03:01:40.
  source.scraped = [](double t) { return t < 2 * kHour + 200.0 || t > 3 * kHour + 100.0; };
  const SimulatedRun truth = simulate(source);
  serve(vllm_metrics({truth}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 4 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  std::size_t missing = 0;
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    const double begin = kHour + static_cast<double>(w) * kStep;
    if (!found.windows[w]) {
      ++missing;
      EXPECT_GE(begin, 2 * kHour) << w;
      EXPECT_LT(begin, 3 * kHour) << w;
      continue;
    }
    const double expected = truth.rate_between(begin, begin + kStep);
    EXPECT_NEAR(found.windows[w]->rate, expected, 0.06 * expected) << "window " << w;
  }
  // 02:00 is covered by two thirds, 03:00 by two thirds; the eleven between are not.
  EXPECT_EQ(missing, 11U);
  const auto* told = warning_of(reading.warnings, Kind::kMissingWindows, "llama");
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message, HasSubstr("11 of 36 windows"));
  EXPECT_THAT(told->message, HasSubstr("2026-01-05T02:05:00Z to 2026-01-05T03:00:00Z"));
  ASSERT_NE(warning_of(reading.warnings, Kind::kPartialWindows, "llama"), nullptr);

  TelemetryWarnings warnings;
  const DemandSeries series = to_series(reading, warnings);
  EXPECT_EQ(series.rows.size(), 25U);
  for (const DemandRow& row : series.rows) EXPECT_GT(row.rate, 0.0);
}

TEST_F(Demand, IdleClassIsZeroAndHasNoLengths) {
  const SimulatedRun busy = simulate(engine(R"(model_name="busy",instance="a")", 3));
  SimulatedEngine quiet = engine(R"(model_name="idle",instance="b")", 3);
  quiet.rate = [](double t) { return t < kHour ? 1.0 : 0.0; };
  serve(vllm_metrics({busy, simulate(quiet)}));
  const DemandReading reading =
      demand(default_mapping("vllm").value(), 1.5 * kHour, 2.5 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "idle");
  for (const auto& window : found.windows) {
    ASSERT_TRUE(window.has_value());
    EXPECT_EQ(window->rate, 0.0);
    EXPECT_FALSE(window->prompt.has_value());  // 0/0, not a length of zero
  }
  TelemetryWarnings warnings;
  const DemandSeries series = to_series(reading, warnings);
  EXPECT_EQ(series.classes, (std::vector<std::string>{"busy", "idle"}));
  const Result<Workload> workload = to_workload(reading, warnings);
  ASSERT_TRUE(workload.ok());
  ASSERT_EQ(workload->classes.size(), 1U);
  EXPECT_EQ(workload->classes[0].name, "busy");
  EXPECT_THAT(all_texts(warnings), HasSubstr("idle: no request came"));
}

/// One counter alone, read as arrivals: value_of(i) every interval.
std::string counter_text(int samples, int interval,
                         const std::function<std::string(int)>& value_of) {
  std::string text = "# TYPE requests counter\n";
  for (int i = 0; i < samples; ++i) {
    text += "requests_total{model_name=\"m\"} " + value_of(i) + " " +
            std::to_string(static_cast<long long>(kScrapeStart) + interval * i) + "\n";
  }
  return text + "# EOF\n";
}

TelemetryMapping counter_mapping() {
  TelemetryMapping mapping = default_mapping("custom").value();
  mapping.pack.model_labels = {"model_name"};
  mapping.pack.of(MetricRole::kArrivals) = {"requests_total"};
  return mapping;
}

TEST_F(Demand, ValuesThatAreNoNumbersAreNotMeasured) {
  // A recording rule may divide by nothing: its counter is NaN for a while.
  serve(counter_text(481, 15, [](int i) {
    return i >= 195 && i < 205 ? std::string("NaN") : std::to_string(30 * i);
  }));
  const DemandReading reading = demand(counter_mapping(), 0.0, 2 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "m");
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    EXPECT_EQ(found.windows[w].has_value(), w != 9 && w != 10) << w;  // NaN around 00:50
    if (found.windows[w]) {
      EXPECT_NEAR(found.windows[w]->rate, 2.0, 0.01);
    }
  }
  EXPECT_NE(warning_of(reading.warnings, Kind::kNotANumber), nullptr);
  // Nothing tells lengths, so there is nothing to plan for.
  TelemetryWarnings warnings;
  const Result<Workload> workload = to_workload(reading, warnings);
  EXPECT_FALSE(workload.ok());
  EXPECT_THAT(all_texts(warnings), HasSubstr("m: nothing tells its prompt lengths"));
}

TEST_F(Demand, FourteenDaysAreReadInParts) {
  constexpr int kInterval = 30;
  constexpr int kSamples = 14 * 24 * 120 + 1;
  serve(counter_text(kSamples, kInterval, [](int i) { return std::to_string(9 * i); }));
  const DemandReading reading = demand(counter_mapping(), 0.0, 14 * 24 * kHour, 60.0);
  ASSERT_EQ(reading.windows, 20160U);  // beyond the 11,000 that one answer may hold
  const MeasuredClass& found = class_named(reading, "m");
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    ASSERT_TRUE(found.windows[w].has_value()) << w;
    ASSERT_NEAR(found.windows[w]->rate, 0.3, 1e-6) << w;
  }
}

TEST_F(Demand, LabelsAndPromptLengthsMakeClasses) {
  const SimulatedRun chat = simulate(engine(R"(model_name="llama",tenant="chat",instance="a")", 3));
  SimulatedEngine other = engine(R"(model_name="llama",tenant="batch",instance="a")", 3);
  other.rate = [](double) { return 1.5; };
  const SimulatedRun batch = simulate(other);
  SimulatedEngine third = engine(R"(model_name="llama",tenant="lab",instance="a")", 3);
  third.rate = [](double) { return 0.5; };
  serve(vllm_metrics({chat, batch, simulate(third)}));
  const TelemetryMapping mapping = parse_telemetry("t.yaml", R"(
format: berth.telemetry/1
pack: vllm
classes:
  short: {match: {tenant: chat}, prompt_max: 500}
  long: {match: {tenant: chat}, prompt_min: 500}
  batch: {match: {tenant: [batch, nightly]}}
  none: {match: {tenant: nobody}}
)")
                                       .value();
  const DemandReading reading = demand(mapping, kHour, 2 * kHour, kStep);
  ASSERT_EQ(reading.classes.size(), 4U);
  const double truth = chat.rate_between(kHour, 2 * kHour);
  const MeasuredClass& brief = class_named(reading, "short");
  const MeasuredClass& lengthy = class_named(reading, "long");
  EXPECT_NEAR((brief.requests + lengthy.requests) / brief.measured_s, truth, 0.02 * truth);
  // The log-normal with mean 800 and deviation 600 has 35.6 % at or below 500 tokens.
  EXPECT_NEAR(brief.requests / (brief.requests + lengthy.requests), 0.356, 0.01);
  EXPECT_LT(brief.prompt->max(), 500.1);
  EXPECT_LT(brief.prompt->mean(), 400.0);
  EXPECT_GT(lengthy.prompt->mean(), 900.0);
  EXPECT_NEAR(class_named(reading, "batch").requests / kHour, 1.5, 0.02);
  EXPECT_NE(warning_of(reading.warnings, Kind::kMissingMetric, "none"), nullptr);
  const auto* told = warning_of(reading.warnings, Kind::kUnmatched);
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message, HasSubstr("tenant=\"lab\""));
}

TEST_F(Demand, AgeOfTheNewestSampleIsTold) {
  const SimulatedRun truth = simulate(engine(R"(model_name="llama",instance="a")", 2));
  serve(vllm_metrics({truth}));
  const DemandReading reading = demand(default_mapping("vllm").value(), kHour, 2.5 * kHour, kStep);
  ASSERT_TRUE(reading.newest_sample_s.has_value());
  EXPECT_EQ(*reading.newest_sample_s, kScrapeStart + 2 * kHour);
  EXPECT_EQ(reading.age_at(kScrapeStart + 2.5 * kHour)->value, 0.5 * kHour);
  EXPECT_NE(warning_of(reading.warnings, Kind::kStale), nullptr);
}

TEST_F(Demand, StepShorterThanTheScrapesIsAnErrorThatSaysSo) {
  const SimulatedRun truth = simulate(engine(R"(model_name="llama",instance="a")", 2));
  serve(vllm_metrics({truth}));
  Prometheus prometheus = client();
  const auto reading = read_demand(prometheus, default_mapping("vllm").value(), kScrapeStart + 7.0,
                                   kScrapeStart + kHour + 7.0, 10.0);
  ASSERT_FALSE(reading.ok());
  EXPECT_EQ(reading.errors().front().code, ErrorCode::kMissing);
  EXPECT_THAT(to_string(reading.errors().front()), HasSubstr("as scrapes are 15 s apart"));
  EXPECT_THAT(to_string(reading.errors().front()), HasSubstr("longer windows: 30 s at least"));
  EXPECT_THAT(to_string(reading.errors().front()), HasSubstr("vllm:request_success_total"));
  // Who asks in time is told, wherever he reads: the words name no flag of one command.
  EXPECT_THAT(to_string(reading.errors().front()), ::testing::Not(HasSubstr("--")));
  const auto interval =
      demand_scrape_interval(prometheus, default_mapping("vllm").value(), kScrapeStart + kHour);
  ASSERT_TRUE(interval.ok());
  EXPECT_EQ(interval.value(), 15.0);
  const auto before =
      demand_scrape_interval(prometheus, default_mapping("vllm").value(), kScrapeStart - kHour);
  ASSERT_TRUE(before.ok());
  EXPECT_FALSE(before.value());
}

}  // namespace
}  // namespace berth::testing
