#include "berth/plan/engine_args.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace berth {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;

EngineSettings settings() {
  return {.model = "meta-llama/Llama-3.1-8B-Instruct",
          .precision = Precision::kBf16,
          .tensor_parallel = 2,
          .pipeline_parallel = 1,
          .max_model_len = 8192,
          .max_num_seqs = 96,
          .memory_utilization = 0.9};
}

TEST(EngineArgs, EveryValueThePlanReliesOnIsWritten) {
  EXPECT_THAT(
      engine_args("vllm", settings()),
      ElementsAre("--model", "meta-llama/Llama-3.1-8B-Instruct", "--tensor-parallel-size", "2",
                  "--pipeline-parallel-size", "1", "--max-model-len", "8192", "--max-num-seqs",
                  "96", "--max-num-batched-tokens", "8192", "--gpu-memory-utilization", "0.9",
                  "--dtype", "bfloat16", "--kv-cache-dtype", "auto", "--block-size", "16",
                  "--enable-chunked-prefill", "--enable-prefix-caching"));
}

TEST(EngineArgs, QuantizedWeightsAreNamed) {
  EngineSettings s = settings();
  EXPECT_THAT(engine_args("vllm", s), Not(Contains("--quantization")));
  for (const auto& [precision, word] :
       {std::pair{Precision::kFp8, "fp8"}, std::pair{Precision::kInt8, "compressed-tensors"},
        std::pair{Precision::kInt4, "awq_marlin"}, std::pair{Precision::kFp4, "mxfp4"}}) {
    s.precision = precision;
    EXPECT_THAT(engine_args("vllm", s), Contains(word));
  }
}

TEST(EngineArgs, TokenBudgetIsNeverBelowTheSequences) {
  EngineSettings s = settings();
  s.max_num_seqs = 20000;
  const std::vector<std::string> args = engine_args("vllm", s);
  const auto flag = std::find(args.begin(), args.end(), "--max-num-batched-tokens");
  ASSERT_NE(flag, args.end());
  EXPECT_EQ(*std::next(flag), "20000");
}

TEST(EngineArgs, OldGpusRunHalfPrecision) {
  EngineSettings s = settings();
  EXPECT_THAT(engine_args("vllm", s), Contains("bfloat16"));
  s.has_bf16 = false;
  EXPECT_THAT(engine_args("vllm", s), Contains("half"));
  EXPECT_THAT(engine_args("vllm", s), Not(Contains("bfloat16")));
  GpuType gpu;
  gpu.architecture = "turing";
  EXPECT_FALSE(has_bf16(gpu));
  gpu.architecture = "hopper";
  EXPECT_TRUE(has_bf16(gpu));
}

TEST(EngineArgs, UnknownEngine) { EXPECT_TRUE(engine_args("nobody", settings()).empty()); }

TEST(EngineArgs, EveryListedEngineHasATable) {
  for (const std::string& name : engine_names()) {
    EXPECT_TRUE(engine_args(name, settings()).has_value()) << name;
  }
}

TEST(EngineModel, PrefersTheHubId) {
  ModelSpec spec;
  spec.name = "llama-3.1-8b";
  spec.aliases = {"llama8b", "meta-llama/Llama-3.1-8B-Instruct"};
  EXPECT_EQ(engine_model(spec), "meta-llama/Llama-3.1-8B-Instruct");
  spec.aliases = {"llama8b"};
  EXPECT_EQ(engine_model(spec), "llama-3.1-8b");
}

}  // namespace
}  // namespace berth
