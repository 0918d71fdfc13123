#include "berth/plan/engine_args.h"

#include <algorithm>

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

TEST(EngineArgs, InTheWordsOfSglang) {
  EngineSettings s = settings();
  s.pipeline_parallel = 4;
  EXPECT_THAT(engine_args("sglang", s),
              ElementsAre("--model-path", "meta-llama/Llama-3.1-8B-Instruct", "--tp-size", "2",
                          "--pp-size", "4", "--context-length", "8192", "--max-running-requests",
                          "96", "--chunked-prefill-size", "8192", "--mem-fraction-static", "0.9",
                          "--dtype", "bfloat16", "--kv-cache-dtype", "auto"));
  for (const auto& [precision, word] :
       {std::pair{Precision::kFp8, "fp8"}, std::pair{Precision::kInt8, "w8a8_int8"},
        std::pair{Precision::kInt4, "awq_marlin"}, std::pair{Precision::kFp4, "modelopt_fp4"}}) {
    s.precision = precision;
    EXPECT_THAT(engine_args("sglang", s), Contains(word));
  }
  s.has_bf16 = false;
  EXPECT_THAT(engine_args("sglang", s), Contains("half"));
}

TEST(EngineArgs, InTheWordsOfTensorRtLlm) {
  EngineSettings s = settings();
  s.precision = Precision::kFp8;  // the checkpoint's own
  EXPECT_THAT(
      engine_args("trtllm", s),
      ElementsAre("serve", "meta-llama/Llama-3.1-8B-Instruct", "--tp_size", "2", "--pp_size", "1",
                  "--max_seq_len", "8192", "--max_batch_size", "96", "--max_num_tokens", "8192",
                  "--kv_cache_free_gpu_memory_fraction", "0.9"));
}

/// What stands behind the flag; "" if it is not there.
std::string value_of(const std::vector<std::string>& args, const std::string& flag) {
  const auto found = std::find(args.begin(), args.end(), flag);
  return found == args.end() || std::next(found) == args.end() ? "" : *std::next(found);
}

TEST(EngineArgs, AnEightBitCacheIsNamed) {
  EngineSettings s = settings();
  EXPECT_EQ(value_of(engine_args("vllm", s), "--kv-cache-dtype"), "auto");
  EXPECT_EQ(value_of(engine_args("sglang", s), "--kv-cache-dtype"), "auto");
  s.kv_cache = CacheFormat::k8Bit;
  EXPECT_EQ(value_of(engine_args("vllm", s), "--kv-cache-dtype"), "fp8");
  EXPECT_EQ(value_of(engine_args("sglang", s), "--kv-cache-dtype"), "fp8_e4m3");
}

TEST(EngineArgs, AReleaseSpeaksItsEnginesWords) {
  EXPECT_EQ(engine_args("vllm-2024", settings()), engine_args("vllm", settings()));
  EXPECT_EQ(engine_args("sglang-lockstep", settings()), engine_args("sglang", settings()));
  EXPECT_EQ(engine_args("trtllm-2024", settings()), engine_args("trtllm", settings()));
}

TEST(EngineArgs, UnknownEngine) {
  for (const char* name : {"nobody", "vllmx", "vll", ""}) {
    EXPECT_TRUE(engine_args(name, settings()).empty()) << name;
  }
}

TEST(EngineArgs, TellWhichProgramTakesThem) {
  EXPECT_EQ(engine_program(engine_args("vllm", settings())),
            "python3 -m vllm.entrypoints.openai.api_server");
  EXPECT_EQ(engine_program(engine_args("sglang", settings())), "python3 -m sglang.launch_server");
  EXPECT_EQ(engine_program(engine_args("trtllm-2024", settings())), "trtllm-serve");
  EXPECT_EQ(engine_program({}), "");
  const std::vector<std::string> others = {"--modell", "x"};
  EXPECT_EQ(engine_program(others), "");
}

TEST(EngineArgs, EveryListedEngineHasATable) {
  for (const std::string& name : engine_names()) {
    EXPECT_FALSE(engine_args(name, settings()).empty()) << name;
    EXPECT_NE(engine_program(engine_args(name, settings())), "") << name;
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
