#include "berth/telemetry/latency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/telemetry/live_server.h"

namespace berth::testing {
namespace {

class Latency : public LiveServerTest {};

TEST_F(Latency, PercentilesAndLoadByDeployment) {
  SimulatedEngine engine;
  engine.labels = R"(model_name="llama",deployment="blue",instance="a")";
  engine.to_s = 3 * kHour;
  engine.rate = [](double) { return 5.0; };
  SimulatedEngine slow = engine;
  slow.labels = R"(model_name="llama",deployment="green",instance="b")";
  slow.ttft_s = 3.0;
  slow.capacity = 4.0;
  serve(vllm_metrics({simulate(engine), simulate(slow)}));
  const TelemetryMapping mapping = parse_telemetry("t.yaml", R"(
format: berth.telemetry/1
classes:
  blue: {match: {deployment: blue}}
  green: {match: {deployment: green}}
)")
                                       .value();
  Prometheus prometheus = client();
  const Result<LatencyReading> reading =
      read_latency(prometheus, mapping, kScrapeStart + kHour, kScrapeStart + 2 * kHour);
  ASSERT_TRUE(reading.ok()) << to_string(reading.errors().front());
  ASSERT_EQ(reading->classes.size(), 2U);
  const ClassLatency& blue = reading->classes[0];
  // Uniform over 0.15 to 0.45 s: the median 0.3, the 95th percentile 0.435, in a bucket that ends
  // at 0.5.
  EXPECT_NEAR(blue.ttft->mean, 0.3, 0.005);
  EXPECT_NEAR(blue.ttft->count, 5.0 * kHour, 200.0);
  EXPECT_GT(blue.ttft->quantiles[0], 0.25);
  EXPECT_LT(blue.ttft->quantiles[0], 0.35);
  EXPECT_GT(blue.ttft->quantiles[2], 0.40);
  EXPECT_LE(blue.ttft->quantiles[2], 0.5);
  EXPECT_NEAR(blue.ttft->share_within(0.25).value(), 1.0 / 3.0, 0.01);
  EXPECT_NEAR(blue.tpot->mean, 0.02, 0.0005);
  EXPECT_FALSE(blue.tpot_of_tokens);
  EXPECT_EQ(blue.waiting, 0.0);
  EXPECT_EQ(blue.instances, 1.0);
  const ClassLatency& green = reading->classes[1];
  EXPECT_NEAR(green.ttft->mean, 3.0, 0.05);
  // Two hours of one request a second too many.
  EXPECT_NEAR(*green.waiting + *green.running, 2 * kHour, 60.0);
  EXPECT_EQ(reading->newest_sample_s, kScrapeStart + 2 * kHour);
}

/// An engine of a pod, an hour of it.
SimulatedEngine pod(const std::string& labels, double tpot_s) {
  SimulatedEngine engine;
  engine.labels = labels;
  engine.to_s = 2 * kHour;
  engine.tpot_s = tpot_s;
  engine.rate = [](double) { return 5.0; };
  return engine;
}

TEST_F(Latency, EnginesAreToldApartByTheLabelsThatNameTheirDeployment) {
  SimulatedEngine busy = pod(R"(model_name="m",deployment="gemma-h100",instance="c")", 0.08);
  busy.capacity = 4.0;  // of five requests a second: its eight slots are full
  serve(vllm_metrics({
      simulate(pod(R"(model_name="m",pod="llama-l40s-5d8f-x2")", 0.02)),
      simulate(pod(R"(model_name="m",pod="llama-l40s-5d8f-x3")", 0.02)),
      // A longer name that begins like the other one.
      simulate(pod(R"(model_name="m",pod="llama-l40s-big-5d8f-x2")", 0.04)),
      // What names it outright goes before the pod's name.
      simulate(
          pod(R"(model_name="m",app_kubernetes_io_name="qwen-h100",pod="llama-l40s-1-1")", 0.06)),
      simulate(busy),
      simulate(pod(R"(model_name="m",pod="llama-l40sx-1")", 0.5)),
      simulate(pod(R"(model_name="m",instance="d")", 0.5)),
  }));
  const std::vector<std::string> names = {"llama-l40s", "llama-l40s-big", "qwen-h100", "gemma-h100",
                                          "not-there"};
  Prometheus prometheus = client();
  // A gateway's pack has engines behind it, too.
  for (const char* pack : {"vllm", "llm-d", "dynamo"}) {
    SCOPED_TRACE(pack);
    const Result<LatencyReading> reading =
        read_deployment_latency(prometheus, default_mapping(pack).value(), names,
                                kScrapeStart + kHour, kScrapeStart + 2 * kHour);
    ASSERT_TRUE(reading.ok()) << to_string(reading.errors().front());
    ASSERT_EQ(reading->classes.size(), 4U);
    const double tpot[] = {0.02, 0.04, 0.06, 0.08};
    const double pods[] = {2.0, 1.0, 1.0, 1.0};
    const double rates[] = {10.0, 5.0, 5.0, 4.0};
    for (std::size_t k = 0; k < 4; ++k) {
      const ClassLatency& row = reading->classes[k];
      EXPECT_EQ(row.name, names[k]);
      EXPECT_NEAR(row.tpot->mean, tpot[k], 0.02 * tpot[k]) << names[k];
      EXPECT_EQ(row.instances, pods[k]);
      EXPECT_NEAR(row.tpot->count, rates[k] * kHour, 400.0);
      EXPECT_EQ(row.running_mean, k == 3 ? 8.0 : 0.0);
      EXPECT_EQ(row.kv_usage, k == 3 ? 0.5 : 0.0);
    }
    EXPECT_TRUE(reading->warnings.empty());
  }
}

TEST_F(Latency, WhichLabelNamesADeploymentIsASetting) {
  serve(vllm_metrics({simulate(pod(R"(model_name="m",variant="blue",pod="green-1")", 0.02))}));
  TelemetryMapping mapping = default_mapping("vllm").value();
  const std::vector<std::string> names = {"blue", "green"};
  Prometheus prometheus = client();
  const auto read = [&] {
    return read_deployment_latency(prometheus, mapping, names, kScrapeStart + kHour,
                                   kScrapeStart + 2 * kHour);
  };
  EXPECT_EQ(read()->classes.at(0).name, "green");
  mapping.pack.deployment_labels = {"variant"};
  EXPECT_EQ(read()->classes.at(0).name, "blue");
  mapping.pack.deployment_labels = {"nothing"};
  const auto none = read();
  ASSERT_FALSE(none.ok());
  EXPECT_EQ(none.errors().front().code, ErrorCode::kMissing);
}

TEST_F(Latency, RangeWithoutDataSaysWhatWasLookedFor) {
  SimulatedEngine engine;
  engine.labels = R"(model_name="llama")";
  engine.to_s = kHour;
  engine.rate = [](double) { return 5.0; };
  serve(vllm_metrics({simulate(engine)}));
  Prometheus prometheus = client();
  const auto reading = read_latency(prometheus, default_mapping("dynamo").value(), kScrapeStart,
                                    kScrapeStart + kHour);
  ASSERT_FALSE(reading.ok());
  EXPECT_EQ(reading.errors().front().code, ErrorCode::kMissing);
  EXPECT_THAT(to_string(reading.errors().front()),
              ::testing::HasSubstr("dynamo_frontend_time_to_first_token_seconds"));
}

}  // namespace
}  // namespace berth::testing
