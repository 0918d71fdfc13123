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
