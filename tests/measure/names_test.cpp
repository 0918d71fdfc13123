// Names of measured rows against the built-in catalog.

#include "berth/measure/names.h"

#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

MeasuredRow row_of(const char* model, const char* gpu, const char* dtype, const char* engine) {
  MeasuredRow row;
  row.model = model;
  row.gpu = gpu;
  row.dtype = dtype;
  row.engine = engine;
  return row;
}

TEST(Names, AliasesLeadToTheCatalog) {
  const ResolvedNames names = resolve_names(
      row_of("meta-llama/Llama-3.1-8B-Instruct", "A100-80G-SXM", "fp16", "vllm-0.21.0"),
      testing::builtin_catalog());
  ASSERT_TRUE(names.complete());
  EXPECT_EQ(names.model->name, "llama-3.1-8b");
  EXPECT_EQ(names.gpu->name, "a100-80gb-sxm");
  EXPECT_EQ(names.precision, Precision::kBf16);
  EXPECT_EQ(names.engine, "vllm");
  EXPECT_TRUE(names.engine_known);
}

TEST(Names, UnknownOnesStayOpen) {
  const Catalog& catalog = testing::builtin_catalog();
  const ResolvedNames names =
      resolve_names(row_of("nobody/none-1b", "none-gpu", "fp3", "lmdeploy"), catalog);
  EXPECT_EQ(names.model, nullptr);
  EXPECT_EQ(names.gpu, nullptr);
  EXPECT_EQ(names.precision, std::nullopt);
  EXPECT_FALSE(names.complete());
  EXPECT_FALSE(names.engine_known);
  EXPECT_EQ(names.engine, "lmdeploy");
}

TEST(Names, AGuessedPrecisionIsTakenAndAMissingOneIsTheModelsOwn) {
  const Catalog& catalog = testing::builtin_catalog();
  EXPECT_EQ(resolve_names(row_of("llama-2-70b", "h100-sxm", "bf16?", "vllm"), catalog).precision,
            Precision::kBf16);
  const ResolvedNames own = resolve_names(row_of("gpt-oss-120b", "h100-sxm", "", ""), catalog);
  ASSERT_NE(own.model, nullptr);
  EXPECT_EQ(own.precision, own.model->precisions.front());
}

TEST(Names, EachEngineHasItsProfileOrVllms) {
  const Catalog& catalog = testing::builtin_catalog();
  const auto profile = [&](const char* gpu, const char* engine) {
    const ResolvedNames names = resolve_names(row_of("llama-3.1-8b", gpu, "", engine), catalog);
    return names.engine_profile == nullptr
               ? "none"
               : names.engine_profile->name + "@" + names.engine_profile->on +
                     (names.own_profile ? "" : " of others");
  };
  EXPECT_EQ(profile("h100-sxm", "vllm-0.21.0"), "vllm@");
  EXPECT_EQ(profile("h100-sxm", "vllm-2024"), "vllm-2024@");
  EXPECT_EQ(profile("h100-sxm", "vllm-2024(helix worker)"), "vllm@") << "profiles of layers";
  EXPECT_EQ(profile("mi300x", "SGLang-0.5.9"), "sglang@amd");
  EXPECT_EQ(profile("h200-sxm", "TensorRT-LLM 1.0"), "trtllm@nvidia");
  EXPECT_EQ(profile("h100-sxm", "lmdeploy"), "vllm@ of others");
  EXPECT_EQ(profile("h100-sxm", "atom-1.0"), "vllm@ of others") << "AMD's alone";
  EXPECT_EQ(profile("nobody", "vllm"), "none") << "no GPU, no profile";
}

TEST(Names, EngineFamilies) {
  EXPECT_EQ(engine_family("vllm-0.12.0"), "vllm");
  EXPECT_EQ(engine_family("vllm-nightly-5b8c30d62b754b57"), "vllm");
  EXPECT_EQ(engine_family("vllm-2024(helix worker)"), "vllm-2024");
  EXPECT_EQ(engine_family("vllm-2024-08"), "vllm-2024");
  EXPECT_EQ(engine_family("vllm-2023(HF-era, eager)"), "vllm-2023");
  EXPECT_EQ(engine_family("vllm-2024.1"), "vllm");
  EXPECT_EQ(engine_family("trt"), "trtllm");
  EXPECT_EQ(engine_family("TensorRT-LLM 1.0"), "trtllm");
  EXPECT_EQ(engine_family("trtllm-mlperf4.1"), "trtllm-mlperf");
  EXPECT_EQ(engine_family("deepspeed-optimum-habana"), "optimum-habana");
  EXPECT_EQ(engine_family("SGLang-0.5.9"), "sglang");
  EXPECT_EQ(engine_family("atomic"), "atomic");
}

}  // namespace
}  // namespace berth
