// Engines that are asked for more than they can do: completions under-read what arrives.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/telemetry/live_server.h"

namespace berth::testing {
namespace {

using Kind = TelemetryWarning::Kind;

constexpr double kCapacity = 4.0;
constexpr double kArrivals = 6.0;

/// Quiet, an hour of half as much again as can be done, and the hour that this takes to end.
SimulatedEngine overloaded(std::string labels) {
  SimulatedEngine engine;
  engine.labels = std::move(labels);
  engine.to_s = 4 * kHour;
  engine.capacity = kCapacity;
  engine.rate = [](double t) { return t > kHour && t <= 2 * kHour ? kArrivals : 2.0; };
  return engine;
}

class Saturation : public LiveServerTest {
 protected:
  void expect_truth(const DemandReading& reading, const SimulatedRun& truth,
                    const std::string& name) const {
    const MeasuredClass& found = class_named(reading, name);
    for (std::size_t w = 0; w < found.windows.size(); ++w) {
      const double begin = 0.5 * kHour + static_cast<double>(w) * kStep;
      const double arrived = truth.rate_between(begin, begin + kStep);
      ASSERT_TRUE(found.windows[w].has_value()) << w;
      EXPECT_NEAR(found.windows[w]->rate, arrived, 0.03 * arrived) << "window " << w;
    }
    const auto& busiest = *found.windows[12];  // 01:30
    EXPECT_NEAR(busiest.completed, kCapacity, 0.05);
    EXPECT_LT(busiest.completed, 0.7 * busiest.rate) << "the raw counter under-reads";
    EXPECT_TRUE(busiest.saturated);
    EXPECT_NE(warning_of(reading.warnings, Kind::kSaturated, name), nullptr);
  }
};

TEST_F(Saturation, WhatBeginsToWaitIsAddedToWhatEnds) {
  const SimulatedRun truth = simulate(overloaded(R"(model_name="llama",instance="a")"));
  serve(vllm_metrics({truth}));
  const DemandReading reading =
      demand(default_mapping("vllm").value(), 0.5 * kHour, 3.5 * kHour, kStep);
  expect_truth(reading, truth, "llama");
}

TEST_F(Saturation, RequestsInFlightOfAFrontendAreNotCountedTwice) {
  const SimulatedRun truth = simulate(overloaded(R"(model="llama",instance="a")"));
  serve(dynamo_metrics({truth}));
  const DemandReading reading =
      demand(default_mapping("dynamo").value(), 0.5 * kHour, 3.5 * kHour, kStep);
  expect_truth(reading, truth, "llama");
}

TEST_F(Saturation, ArrivalsThatAreCountedNeedNoCorrection) {
  const SimulatedRun truth = simulate(overloaded(R"(model_name="llama")"));
  serve(llm_d_metrics({truth}));
  const DemandReading reading =
      demand(default_mapping("llm-d").value(), 0.5 * kHour, 3.5 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  EXPECT_NEAR(found.windows[12]->rate, kArrivals, 0.02 * kArrivals);
  EXPECT_EQ(warning_of(reading.warnings, Kind::kSaturated), nullptr);
}

TEST_F(Saturation, WithoutGaugesTheDoubtIsTold) {
  const SimulatedRun truth = simulate(overloaded(R"(model_name="llama",instance="a")"));
  serve(vllm_metrics({truth}));
  TelemetryMapping mapping = default_mapping("vllm").value();
  mapping.pack.of(MetricRole::kRunning) = {};
  mapping.pack.of(MetricRole::kWaiting) = {};
  const DemandReading reading = demand(mapping, 0.5 * kHour, 3.5 * kHour, kStep);
  EXPECT_NEAR(class_named(reading, "llama").windows[12]->rate, kCapacity, 0.05);
  const auto* told = warning_of(reading.warnings, Kind::kMissingMetric, "llama");
  ASSERT_NE(told, nullptr);
  EXPECT_THAT(told->message, ::testing::HasSubstr("nothing tells how many wait"));
}

TEST_F(Saturation, AnInstanceThatDiesTakesItsBacklogAlong) {
  SimulatedEngine dying = overloaded(R"(model_name="llama",instance="a")");
  dying.to_s = 2 * kHour;
  SimulatedEngine next = overloaded(R"(model_name="llama",instance="b")");
  next.from_s = 2 * kHour;
  next.rate = [](double) { return 2.0; };
  const SimulatedRun first = simulate(dying);
  const SimulatedRun second = simulate(next);
  serve(vllm_metrics({first, second}));
  const DemandReading reading =
      demand(default_mapping("vllm").value(), 1.5 * kHour, 2.5 * kHour, kStep);
  const MeasuredClass& found = class_named(reading, "llama");
  for (std::size_t w = 0; w < found.windows.size(); ++w) {
    ASSERT_TRUE(found.windows[w].has_value()) << w;
    const double expected = w < 6 ? kArrivals : 2.0;
    EXPECT_NEAR(found.windows[w]->rate, expected, 0.06 * expected) << "window " << w;
  }
}

}  // namespace
}  // namespace berth::testing
