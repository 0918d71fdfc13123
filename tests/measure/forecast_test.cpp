// Which prediction a row is compared with, by hand on a model and a GPU of round numbers.

#include "berth/measure/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

// Of the round model on one round GPU, in ms: weights 2.5, T_half's loss 1.25, 0.025 a token,
// 6.4e-7 a pair, 2e-5 a cached token, 1.1 fixed, 0.001 a sequence.
constexpr double kStep4 = 2.5 + 4 * 1000 * 2e-5 + 1.1 + 0.004;                     // T_dec(4, 1000)
constexpr double kPrefill900 = 1.25 + 900 * (0.025 + 450 * 6.4e-7) + 1.1 + 0.001;  // T_pre(900)
constexpr double kTpot = kStep4 + 4.0 / 200.0 * kPrefill900;
constexpr double kTtft = kPrefill900 * (1 + 0.075 * 3) + 45.0;
constexpr double kE2e = kTtft + 199 * kTpot;

RunSetting setting_with(Metric metric, Load load = Load::kClosedLoop) {
  RunSetting setting;
  setting.metric = metric;
  setting.load = load;
  setting.batch = 4.0;
  setting.prompt_tokens = 900.0;
  setting.output_tokens = 200.0;
  return setting;
}

class ForecastOf : public ::testing::Test {
 protected:
  [[nodiscard]] Forecast get(const RunSetting& setting) const {
    return forecast(setting, testing::deploy(model_, gpu_));
  }
  void expect_ms(const RunSetting& setting, double ms) const {
    const Forecast result = get(setting);
    ASSERT_TRUE(result.value) << result.reason;
    EXPECT_NEAR(*result.value * 1e3, ms, 1e-9 * ms);
  }

  ModelSpec model_ = testing::round_model();
  GpuType gpu_ = testing::round_gpu();
};

TEST_F(ForecastOf, BarePasses) {
  expect_ms(setting_with(Metric::kDecodeStep), kStep4);
  RunSetting one = setting_with(Metric::kPrefill);
  one.batch = 0.0;  // not stated: one prompt
  one.output_tokens = 0.0;
  expect_ms(one, kPrefill900);
}

TEST_F(ForecastOf, ThePromptsOfABatchAreOnePass) {
  RunSetting setting = setting_with(Metric::kPrefill);
  setting.batch = 2.0;
  setting.prompt_tokens = 500.0;
  expect_ms(setting, 1.25 + 1000 * (0.025 + 250 * 6.4e-7) + 1.1 + 0.002);
}

TEST_F(ForecastOf, ClosedLoops) {
  expect_ms(setting_with(Metric::kTpot), kTpot);
  expect_ms(setting_with(Metric::kTtft), kTtft);
  expect_ms(setting_with(Metric::kE2e), kE2e);
  EXPECT_NEAR(*get(setting_with(Metric::kRequestRate)).value, 4.0 / (kE2e * 1e-3), 1e-9);
  RunSetting rate = setting_with(Metric::kTokenRate);
  EXPECT_NEAR(*get(rate).value, 4.0 * 200 / (kE2e * 1e-3), 1e-6);
  rate.rate_counts_prompts = true;
  EXPECT_NEAR(*get(rate).value, 4.0 * 1100 / (kE2e * 1e-3), 1e-6);
}

TEST_F(ForecastOf, RatesAreForOneGpu) {
  RunSetting rate = setting_with(Metric::kTokenRate);
  rate.tensor_parallel = 2;
  RunSetting requests = rate;
  requests.metric = Metric::kRequestRate;
  EXPECT_NEAR(*get(rate).value, *get(requests).value * 200 / 2, 1e-9);
}

TEST_F(ForecastOf, SaturatedRates) {
  EXPECT_NEAR(*get(setting_with(Metric::kRequestRate, Load::kSaturated)).value,
              4.0 / (200 * kTpot * 1e-3), 1e-9);
  EXPECT_NEAR(*get(setting_with(Metric::kTokenRate, Load::kSaturated)).value, 4.0 / (kTpot * 1e-3),
              1e-6);
  // Without a batch as many run as the engine allows.
  RunSetting full = setting_with(Metric::kRequestRate, Load::kSaturated);
  full.batch = 0.0;
  EXPECT_GT(*get(full).value, *get(setting_with(Metric::kRequestRate, Load::kSaturated)).value);
}

TEST_F(ForecastOf, BatchesGivenAtOnce) {
  const double prefill = 1.25 + 3600 * (0.025 + 450 * 6.4e-7) + 1.1 + 0.004;
  expect_ms(setting_with(Metric::kBatchE2e, Load::kBatch), prefill + 199 * kStep4);
}

TEST_F(ForecastOf, WhatDoesNotFitRunsInTurns) {
  RunSetting setting = setting_with(Metric::kBatchE2e, Load::kBatch);
  setting.batch = 1000.0;
  gpu_.memory_bytes = 6e9;
  Deployment deployment = testing::deploy(model_, gpu_);
  deployment.max_num_seqs = 1000;
  const PhaseModel physics(deployment);
  const double fitting = physics.max_batch_for_memory(900.0, 200.0);
  ASSERT_LT(fitting, 300.0);
  const double prefill = 1.25 + 900000 * (0.025 + 450 * 6.4e-7) + 1.1 + 1.0;
  expect_ms(setting,
            prefill + 1000.0 / fitting * 199 * physics.decode_seconds(fitting, 1000.0) * 1e3);
}

TEST_F(ForecastOf, SaysWhatTheRowDoesNot) {
  RunSetting setting = setting_with(Metric::kTpot);
  setting.batch = 0.0;
  EXPECT_THAT(get(setting).reason, HasSubstr("number of sequences"));
  setting = setting_with(Metric::kTtft);
  setting.output_tokens = 0.0;
  EXPECT_THAT(get(setting).reason, HasSubstr("output length"));
  setting.prompt_tokens = 0.0;
  EXPECT_THAT(get(setting).reason, HasSubstr("prompt length"));
  setting.tensor_parallel = 0;
  EXPECT_THAT(get(setting).reason, HasSubstr("tensor-parallel degree"));
  setting.unsupported = "beam search";
  EXPECT_EQ(get(setting).reason, "not modelled: beam search");
}

TEST_F(ForecastOf, SaysWhatDoesNotFit) {
  gpu_.memory_bytes = 2e9;
  EXPECT_THAT(get(setting_with(Metric::kTpot)).reason, HasSubstr("do not fit"));
  // The profile of a layer needs no room for the others.
  EXPECT_TRUE(get(setting_with(Metric::kDecodeStep, Load::kLayerProfile)).value);
  gpu_.memory_bytes = 16e9;
  RunSetting setting = setting_with(Metric::kTpot);
  setting.prompt_tokens = 200000.0;
  EXPECT_THAT(get(setting).reason, HasSubstr("context"));
  model_.max_context = 10'000'000;
  setting.prompt_tokens = 5e6;
  EXPECT_THAT(get(setting).reason, HasSubstr("not one sequence"));
}

}  // namespace
}  // namespace berth
