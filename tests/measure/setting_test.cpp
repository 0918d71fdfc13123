// What the notes of the known sources mean for a run.

#include "berth/measure/setting.h"

#include <gtest/gtest.h>

namespace berth {
namespace {

MeasuredRow row_of(Metric metric, std::string note) {
  MeasuredRow row;
  row.metric = metric;
  row.note = std::move(note);
  row.tensor_parallel = 4.0;
  row.pipeline_parallel = 1.0;
  row.batch = 16.0;
  row.prompt_tokens = 1000.0;
  row.output_tokens = 100.0;
  return row;
}

TEST(Setting, ARowWithoutANoteIsAClosedLoopAsItStands) {
  const RunSetting setting = setting_of(row_of(Metric::kE2e, ""));
  EXPECT_EQ(setting.load, Load::kClosedLoop);
  EXPECT_EQ(setting.metric, Metric::kE2e);
  EXPECT_EQ(setting.tensor_parallel, 4);
  EXPECT_EQ(setting.pipeline_parallel, 1);
  EXPECT_EQ(setting.batch, 16.0);
  EXPECT_EQ(setting.prompt_tokens, 1000.0);
  EXPECT_EQ(setting.output_tokens, 100.0);
  EXPECT_FALSE(setting.rate_counts_prompts);
  EXPECT_FALSE(setting.suspect());
  EXPECT_EQ(setting.assumption, "");
  EXPECT_EQ(setting.unsupported, "");
}

TEST(Setting, TheTimeOfABatchIsAMetricOfItsOwn) {
  const RunSetting noted =
      setting_of(row_of(Metric::kE2e, "offline batch, in=out length; e2e of whole batch"));
  EXPECT_EQ(noted.load, Load::kBatch);
  EXPECT_EQ(noted.metric, Metric::kBatchE2e);
  MeasuredRow eager = row_of(Metric::kE2e, "median of 5 runs");
  eager.engine = "vllm-2023(HF-era, eager)";
  EXPECT_EQ(setting_of(eager).metric, Metric::kBatchE2e);
  EXPECT_EQ(setting_of(row_of(Metric::kTpot, "static batch")).metric, Metric::kTpot);
}

TEST(Setting, LengthsDrawnBelowTheNominalOnes) {
  for (const char* note : {"run 2026; ISL/OSL nominal, actual lengths uniform 80-100% of nominal",
                           "id=a_cfg7; src=db-dump/2026-04-27; attn_dp=1.0",
                           "id=a_tp4_epnone_64; src=2026-04-06.csv; attn_dp=1.0"}) {
    const RunSetting setting = setting_of(row_of(Metric::kTpot, note));
    EXPECT_DOUBLE_EQ(setting.prompt_tokens, 900.0) << note;
    EXPECT_DOUBLE_EQ(setting.output_tokens, 90.0) << note;
    EXPECT_NE(setting.assumption, "") << note;
  }
  EXPECT_EQ(
      setting_of(row_of(Metric::kTpot, "src=h100_sxm/vllm/0.12.0/Qwen; attn_dp=")).prompt_tokens,
      1000.0);
}

TEST(Setting, TheGpusOfASweepStandInItsName) {
  const auto layout = [](double tp, const char* note) {
    MeasuredRow row = row_of(Metric::kTpot, note);
    row.tensor_parallel = tp;
    return setting_of(row);
  };
  EXPECT_EQ(layout(64, "id=x_tp8_ep8_32; attn_dp=1.0; moe_tp=8; moe_ep=8").tensor_parallel, 8);
  EXPECT_EQ(layout(4, "id=x_tp2_0_epnone_0_32; attn_dp=1.0; moe_tp=2; moe_ep=2").tensor_parallel,
            2);
  EXPECT_EQ(layout(16, "id=x_cfg9; attn_dp=1.0; moe_tp=4; moe_ep=4").tensor_parallel, 4);
  EXPECT_EQ(layout(8, "id=x_cfg9; attn_dp=1.0; moe_tp=8; moe_ep=1").tensor_parallel, 8);
  EXPECT_EQ(layout(1, "id=x_cfg9; attn_dp=1.0; moe_tp=1; moe_ep=4").tensor_parallel, 4);
  EXPECT_EQ(layout(64, "id=x_tp8_ep8_32; attn_dp=1.0; moe_tp=8; moe_ep=8").unsupported, "");
  EXPECT_NE(layout(36, "id=x_cfg9; attn_dp=1.0; moe_tp=36; moe_ep=1").unsupported, "");
  EXPECT_NE(layout(64, "id=x_cfg9; attn_dp=1.0; moe_tp=64; moe_ep=1").unsupported, "");
}

TEST(Setting, LayoutsThatTheModelDoesNotHaveAreNamed) {
  for (const char* note :
       {"expert parallel EP=4; offline batch e2e; ngpu=4", "hybrid TP2xEP2; offline batch e2e"}) {
    EXPECT_NE(setting_of(row_of(Metric::kTpot, note)).unsupported, "") << note;
  }
  EXPECT_EQ(setting_of(row_of(Metric::kTpot, "InferenceX run; ep=4 dpattn=False")).unsupported, "");
}

TEST(Setting, CopiesOfTheAttention) {
  const auto expect_layout = [](const char* note, int tensor, int data) {
    const RunSetting setting = setting_of(row_of(Metric::kTpot, note));
    EXPECT_EQ(setting.tensor_parallel, tensor) << note;
    EXPECT_EQ(setting.data_parallel, data) << note;
    EXPECT_EQ(setting.unsupported, "") << note;
  };
  // The rows say TP 4.
  expect_layout("", 4, 1);
  expect_layout("InferenceX run; ep=4 dpattn=False", 4, 1);
  expect_layout("InferenceX run; ep=4 dpattn=True; median", 1, 4);
  expect_layout("id=x_cfg9; attn_dp=4.0; moe_tp=1", 1, 4);
  expect_layout("id=x_tp8_ep8_32; attn_dp=8.0; moe_tp=1; moe_ep=8", 1, 8);
  expect_layout("id=x_tp2_0_epnone_0_32; attn_dp=4.0; moe_tp=1", 2, 4);
}

TEST(Setting, Medians) {
  EXPECT_FALSE(setting_of(row_of(Metric::kTtft, "mean of 5 runs")).medians);
  EXPECT_FALSE(setting_of(row_of(Metric::kTtft, "median of 5 runs")).medians)
      << "of runs, not of requests";
  EXPECT_TRUE(setting_of(row_of(Metric::kTtft, "InferenceX run; median; TP 4")).medians);
  EXPECT_TRUE(setting_of(row_of(Metric::kTtft, "p50 of requests")).medians);
}

TEST(Setting, MediansInOtherWords) {
  for (const char* note :
       {"median", "Median", "values are median", "all values are medians", "statistic p50",
        "no mean; median", "p50_ttft", "median of 5 requests", "median of 5 runs; median"}) {
    EXPECT_TRUE(setting_of(row_of(Metric::kTtft, note)).medians) << note;
  }
  for (const char* note : {"", "mean", "p500", "cap50", "medianish", "median of 15 runs; TP 4",
                           "median of runs", "prompt length is the median"}) {
    EXPECT_FALSE(setting_of(row_of(Metric::kTtft, note)).medians) << note;
  }
}

TEST(Setting, CopiesOfTheAttentionOfAnUnknownNumberStayUnknown) {
  MeasuredRow row = row_of(Metric::kTpot, "ep=4 dpattn=True");
  row.tensor_parallel = std::nullopt;
  EXPECT_EQ(setting_of(row).tensor_parallel, 0) << "not stated";
}

TEST(Setting, SmallWeightsComeWithASmallCacheButInSglang) {
  const auto cache = [](const char* dtype, const char* engine) {
    MeasuredRow row = row_of(Metric::kTpot, "");
    row.dtype = dtype;
    row.engine = engine;
    return setting_of(row).cache;
  };
  EXPECT_EQ(cache("bf16", "vllm-0.12.0"), CacheFormat::k16Bit);
  EXPECT_EQ(cache("", "vllm"), CacheFormat::k16Bit);
  EXPECT_EQ(cache("fp8", "vllm"), CacheFormat::k8Bit);
  EXPECT_EQ(cache("fp4", "trtllm"), CacheFormat::k8Bit);
  EXPECT_EQ(cache("fp8", "SGLang-0.5.9"), CacheFormat::k16Bit);
  EXPECT_EQ(cache("fp8?", "vllm"), CacheFormat::k8Bit) << "a guess counts as it stands";
}

TEST(Setting, AnAssumedSmallCacheIsInTheAssumption) {
  MeasuredRow row = row_of(Metric::kTpot, "run; ISL/OSL nominal, lengths 80-100% of nominal");
  row.engine = "vllm";
  EXPECT_EQ(setting_of(row, Precision::kBf16).assumption, "lengths are 90 % of the nominal ones");
  const RunSetting native = setting_of(row, Precision::kFp8);
  EXPECT_EQ(native.cache, CacheFormat::k8Bit) << "the row itself says no precision";
  EXPECT_EQ(native.assumption, "lengths are 90 % of the nominal ones; the cache is in 8 bit");
}

TEST(Setting, SingleExportsAreDoubtful) {
  MeasuredRow row = row_of(Metric::kTpot, "measured=2026-02-01; src=a.csv");
  row.prompt_tokens = 4000.0;
  row.engine = "vllm-0.12.0";
  EXPECT_TRUE(setting_of(row).suspect());
  EXPECT_NE(setting_of(row).doubt, "");
  row.engine = "vllm-0.11.0";
  EXPECT_FALSE(setting_of(row).suspect());
  row.engine = "trtllm-1.2.0rc5";
  EXPECT_TRUE(setting_of(row).suspect());
  row.prompt_tokens = 1000.0;
  EXPECT_FALSE(setting_of(row).suspect());
}

TEST(Setting, SuspectsAndRates) {
  EXPECT_TRUE(setting_of(row_of(Metric::kTpot, "5 runs; SUSPECT: value breaks trend")).suspect());
  EXPECT_TRUE(setting_of(row_of(Metric::kTpot, "c=64 row looks client-limited")).suspect());
  EXPECT_TRUE(
      setting_of(row_of(Metric::kTokenRate, "input+output tokens per second")).rate_counts_prompts);
}

TEST(Setting, ProfilesOfOneLayerHaveAnAssumedContext) {
  MeasuredRow row = row_of(Metric::kDecodeStep, "PER-LAYER profile x80 layers");
  row.prompt_tokens = row.output_tokens = std::nullopt;
  const RunSetting setting = setting_of(row);
  EXPECT_EQ(setting.load, Load::kLayerProfile);
  EXPECT_EQ(setting.prompt_tokens, 900.0);
  EXPECT_NE(setting.assumption, "");
}

TEST(Setting, MlperfStatesNeitherLengthsNorDegrees) {
  MeasuredRow row;
  row.metric = Metric::kTokenRate;
  row.note = "MLPerf v4.1 closed Offline mixtral-8x7b; ngpu=8; OUTPUT tokens only";
  const RunSetting mixtral = setting_of(row);
  EXPECT_EQ(mixtral.load, Load::kSaturated);
  EXPECT_EQ(mixtral.tensor_parallel, 2);
  EXPECT_EQ(mixtral.batch, 512.0);
  EXPECT_NE(mixtral.assumption, "");
  row.note = "MLPerf v4.1 closed Offline gptj-99; ngpu=8";
  const RunSetting gptj = setting_of(row);
  EXPECT_EQ(gptj.unsupported, "");
  EXPECT_EQ(gptj.beams, 4);
  EXPECT_EQ(gptj.tensor_parallel, 1);
  EXPECT_EQ(gptj.prompt_tokens, 870.0);
  EXPECT_NE(gptj.assumption, "");
  row.note = "MLPerf v4.1 closed Offline llama2-70b-99; ngpu=8";
  EXPECT_EQ(setting_of(row).unsupported, "lengths are not stated");
}

}  // namespace
}  // namespace berth
