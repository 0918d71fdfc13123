#include "berth/perf/memory.h"

#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::deploy_builtin;
using testing::round_gpu;
using testing::round_mixture;
using testing::round_model;

TEST(Memory, PartsAddUpToTheLimit) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const MemoryUse use = memory_use(deploy(model, gpu));
  EXPECT_NEAR(use.limit, 0.9 * 16e9, 1.0);
  EXPECT_NEAR(use.weights, 2.04e9, 1.0);  // layers, embedding and head, 16 bit
  EXPECT_NEAR(use.runtime, 1e9, 1.0);
  EXPECT_NEAR(use.activations, 8192 * 1000 * 2 * 14.0 + 256 * 10000 * 4.0, 1.0);
  EXPECT_NEAR(use.weights + use.activations + use.runtime + use.kv_cache, use.limit, 1.0);
}

TEST(Memory, ParametersAreSplitByHowTheyAreStoredAndRead) {
  ModelSpec model = round_mixture();
  ParameterSplit split = split_of(model);
  EXPECT_DOUBLE_EQ(split.experts, 8e8);
  EXPECT_DOUBLE_EQ(split.head, 1e7);
  EXPECT_DOUBLE_EQ(split.lookup, 1e7);
  EXPECT_DOUBLE_EQ(split.dense, 2e8);
  model.tied_embeddings = true;  // one table is both
  split = split_of(model);
  EXPECT_DOUBLE_EQ(split.lookup, 0.0);
  EXPECT_DOUBLE_EQ(split.dense, 2.1e8);
  // A table larger than what there is leaves nothing below zero.
  model.vocabulary = 1000000000;
  split = split_of(model);
  EXPECT_DOUBLE_EQ(split.head, 2.2e8);
  EXPECT_DOUBLE_EQ(split.dense, 0.0);
}

TEST(Memory, TablesStayIn16BitAndSoDoMixturesDenseLayersIn4) {
  const ModelSpec dense = round_model();
  const ModelSpec mixture = round_mixture();
  const GpuType gpu = round_gpu();
  const double int4 = bytes_per_parameter(Precision::kInt4);
  const auto weights = [&](const ModelSpec& model, Precision precision) {
    return memory_use(deploy(model, gpu, 1, 1, precision)).weights;
  };
  EXPECT_NEAR(weights(dense, Precision::kFp8), 1e9 + 4e7, 1.0);
  EXPECT_NEAR(weights(dense, Precision::kInt4), 1e9 * int4 + 4e7, 1.0);
  EXPECT_NEAR(weights(mixture, Precision::kFp8), 1e9 + 4e7, 1.0);
  EXPECT_NEAR(weights(mixture, Precision::kInt4), 4e8 + 8e8 * int4 + 4e7, 1.0);
}

TEST(Memory, CopiesOfTheAttentionSpreadTheExpertsAlone) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu, 2);
  d.data_parallel = 2;
  EXPECT_NEAR(memory_use(d).weights, 4.4e8 / 2 + 1.6e9 / 4, 1.0);
}

TEST(Memory, TheFullestStageCounts) {
  const ModelSpec model = round_model();  // 10 layers: stages of 4, 3, 3
  const GpuType gpu = round_gpu();
  EXPECT_NEAR(memory_use(deploy(model, gpu, 1, 3)).weights, 2.04e9 * 0.4, 1.0);
  EXPECT_NEAR(memory_use(deploy(model, gpu, 2, 5)).weights, 2.04e9 / 10.0, 1.0);
  EXPECT_NEAR(kv_bytes_per_gpu(deploy(model, gpu, 1, 3), 10.0), 10.0 * 8000.0 * 0.4, 1e-6);
}

TEST(Memory, CacheIsSplitByHeadsOnlyAndStages) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  EXPECT_NEAR(kv_bytes_per_gpu(deploy(model, gpu, 1, 1), 1.0), 8000.0, 1e-9);
  EXPECT_NEAR(kv_bytes_per_gpu(deploy(model, gpu, 2, 1), 1.0), 4000.0, 1e-9);
  EXPECT_NEAR(kv_bytes_per_gpu(deploy(model, gpu, 4, 1), 1.0), 4000.0, 1e-9);
  EXPECT_NEAR(kv_bytes_per_gpu(deploy(model, gpu, 4, 2), 1.0), 2000.0, 1e-9);
}

TEST(Memory, AnEightBitCacheHoldsTwiceAsMuch) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu, 2);
  const double wide = PhaseModel(d).max_batch_for_memory(900.0, 100.0);
  d.cache = CacheFormat::k8Bit;
  EXPECT_NEAR(kv_bytes_per_gpu(d, 1.0), 2000.0, 1e-9);
  EXPECT_NEAR(PhaseModel(d).max_batch_for_memory(900.0, 100.0), 2.0 * wide, 1e-6);
}

TEST(Memory, SparseAttentionKeepsWhatItDoesNotLookAt) {
  ModelSpec model = round_model();
  model.sparse_attention_tokens = 100;
  const GpuType gpu = round_gpu();
  const Deployment deployment = deploy(model, gpu);
  const double batch = PhaseModel(deployment).max_batch_for_memory(900.0, 300.0);
  EXPECT_NEAR(batch * kv_bytes_per_gpu(deployment, 1200.0), memory_use(deployment).kv_cache, 1.0);
  EXPECT_NEAR(kv_bytes_per_gpu(deployment, 1200.0), 1200 * 8000.0, 1e-3);
}

TEST(Memory, BatchForMemoryFillsTheCacheExactly) {
  ModelSpec model = round_model();
  model.window = SlidingWindow{500, 0.75};
  const GpuType gpu = round_gpu();
  const Deployment deployment = deploy(model, gpu, 2, 2);
  const PhaseModel physics(deployment);
  const double batch = physics.max_batch_for_memory(900.0, 300.0);
  EXPECT_NEAR(batch * kv_bytes_per_gpu(deployment, 1200.0), memory_use(deployment).kv_cache, 1.0);
  EXPECT_GT(batch, physics.kv_capacity_tokens() / 1200.0);  // windows save memory
}

TEST(Memory, NeverExceedsTheGpu) {
  testing::for_each_builtin_deployment([](const Deployment& deployment) {
    const MemoryUse use = memory_use(deployment);
    const PhaseModel physics(deployment);
    for (const double tokens : {10.0, 1000.0, 30000.0}) {
      // A rank of the attention holds its own sequences.
      const double batch =
          physics.max_batch_for_memory(tokens, 0.1 * tokens) / deployment.data_parallel;
      const double held = batch * kv_bytes_per_gpu(deployment, 1.1 * tokens);
      const double used = use.weights + use.activations + use.runtime + held;
      ASSERT_LE(used, deployment.gpu->memory_bytes) << testing::name_of(deployment);
      ASSERT_NEAR(used, use.limit, 1e-9 * use.limit) << testing::name_of(deployment);
    }
  });
}

TEST(Memory, KnownDeployments) {
  const auto shape = [&](const char* model, const char* gpu, int n, Precision precision) {
    return check_shape(deploy_builtin(model, gpu, n, 1, precision));
  };
  EXPECT_FALSE(shape("llama-3.1-8b", "l4", 1, Precision::kBf16));
  EXPECT_EQ(shape("llama-3.1-70b", "h100-sxm", 1, Precision::kBf16),
            ShapeRejection::kWeightsDoNotFit);
  EXPECT_FALSE(shape("llama-3.1-70b", "h100-sxm", 4, Precision::kBf16));
  EXPECT_FALSE(shape("llama-3.1-70b", "h200-sxm", 1, Precision::kFp8));
  EXPECT_EQ(shape("llama-3.1-405b", "h100-sxm", 8, Precision::kBf16),
            ShapeRejection::kWeightsDoNotFit);
  EXPECT_FALSE(shape("llama-3.1-405b", "h100-sxm", 8, Precision::kFp8));
}

}  // namespace
}  // namespace berth
