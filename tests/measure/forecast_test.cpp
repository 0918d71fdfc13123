// Which prediction a row is compared with, by hand on a model and a GPU of round numbers.

#include "berth/measure/forecast.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using ::testing::HasSubstr;

// Of the round model and engine on one round GPU, in ms: reading 2.5, T_half's loss 1.25, 0.025 a
// token, a quarter of the smaller shows; 6.4e-7 a pair, 2e-5 a cached token; 0.025 for the
// head; 1.1 fixed, 0.001 a sequence, 0.02 more in prefill. Mixing saves half of what is paid once.
constexpr double kHead = 0.025;
constexpr double kStep4 = 2.5 + 0.25 * (1.25 + 4 * 0.025) + 4 * 1000 * 2e-5 + kHead + 1.1 + 0.004;
constexpr double kOnce = 1.25 + 0.25 * 2.5 + kHead + 1.121;
constexpr double prefill(double h) {
  return 1.25 + h * 0.025 + 0.25 * 2.5 + h * 0.5 * h * 6.4e-7 + kHead + 1.121;
}
constexpr double mixed(double h) { return prefill(h) - 0.5 * kOnce; }
constexpr double kTpot = kStep4 + 0.75 * 3.0 / 200.0 * mixed(900);
constexpr double kTtft =
    10.0 + prefill(900) + (0.25 + 0.75 / 200.0) * 3.0 * mixed(900) + 1.0 * kStep4;
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
  expect_ms(one, prefill(900));
}

TEST_F(ForecastOf, ThePromptsOfABatchFollowEachOther) {
  RunSetting setting = setting_with(Metric::kPrefill);
  setting.batch = 2.0;
  setting.prompt_tokens = 500.0;
  expect_ms(setting, prefill(500) + mixed(500));
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
  const double a_request = 200 * kStep4 / 4.0 + mixed(900);  // ms
  EXPECT_NEAR(*get(setting_with(Metric::kRequestRate, Load::kSaturated)).value, 1e3 / a_request,
              1e-9);
  EXPECT_NEAR(*get(setting_with(Metric::kTokenRate, Load::kSaturated)).value, 200e3 / a_request,
              1e-6);
  // Without a batch as many run as the engine allows.
  RunSetting full = setting_with(Metric::kRequestRate, Load::kSaturated);
  full.batch = 0.0;
  EXPECT_GT(*get(full).value, *get(setting_with(Metric::kRequestRate, Load::kSaturated)).value);
}

TEST_F(ForecastOf, BeamsShareTheirPromptAndCostTheHostMore) {
  EngineProfile engine = testing::round_engine();
  engine.beam_s = 4e-6;
  Deployment deployment = testing::deploy(model_, gpu_);
  deployment.engine = &engine;
  RunSetting setting = setting_with(Metric::kRequestRate, Load::kSaturated);
  setting.beams = 4;
  // 16 sequences of 900/4 + 100 tokens, 5 us each, and in the prompt's pass of one.
  const double step = 2.5 + 0.25 * (1.25 + 16 * 0.025) + 16 * 325 * 2e-5 + kHead + 1.1 + 16 * 0.005;
  const double prompt = prefill(900) + 0.004 - 0.5 * (kOnce + 0.004);
  EXPECT_NEAR(*forecast(setting, deployment).value, 1e3 / (200 * step / 4.0 + prompt), 1e-9);
}

TEST_F(ForecastOf, MediansSeeAnotherPartOfTheQueue) {
  EngineProfile engine = testing::round_engine();
  engine.median_admission_s = 30e-3;
  engine.median_prefill_ahead = 0.5;
  Deployment deployment = testing::deploy(model_, gpu_);
  deployment.engine = &engine;
  RunSetting setting = setting_with(Metric::kTtft);
  EXPECT_NEAR(*forecast(setting, deployment).value * 1e3, kTtft, 1e-9);
  setting.medians = true;
  const double ttft = 30.0 + prefill(900) + (0.5 + 0.5 / 200.0) * 3.0 * mixed(900) + kStep4;
  EXPECT_NEAR(*forecast(setting, deployment).value * 1e3, ttft, 1e-9);
  setting.metric = Metric::kTpot;
  EXPECT_NEAR(*forecast(setting, deployment).value * 1e3, kStep4 + 0.5 * 3.0 / 200.0 * mixed(900),
              1e-9);
}

TEST_F(ForecastOf, TheSettingsCacheAndCopiesOfTheAttentionCount) {
  RunSetting setting = setting_with(Metric::kDecodeStep);
  setting.cache = CacheFormat::k8Bit;
  const double cache = 4 * 1000 * 2e-5;
  expect_ms(setting, kStep4 - cache + cache * 0.5 / 0.75);
  model_ = testing::round_mixture();
  setting.cache = CacheFormat::k16Bit;
  setting.tensor_parallel = 2;
  setting.data_parallel = 2;
  Deployment ranks = testing::deploy(model_, gpu_, 2);
  ranks.data_parallel = 2;
  expect_ms(setting, PhaseModel(ranks).decode_seconds(4.0, 1000.0) * 1e3);
}

TEST_F(ForecastOf, BatchesGivenAtOnce) {
  expect_ms(setting_with(Metric::kBatchE2e, Load::kBatch),
            prefill(900) + 3 * mixed(900) + 199 * kStep4);
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
  expect_ms(setting, prefill(900) + 999 * mixed(900) +
                         1000.0 / fitting * 199 * physics.decode_seconds(fitting, 1000.0) * 1e3);
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
