#include "berth/perf/memory.h"

#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::round_gpu;
using testing::round_model;

TEST(Memory, PartsAddUpToTheLimit) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const MemoryUse use = memory_use(deploy(model, gpu));
  EXPECT_NEAR(use.limit, 0.9 * 16e9, 1.0);
  EXPECT_NEAR(use.weights, 2e9, 1.0);
  EXPECT_NEAR(use.weights + use.activations + use.runtime + use.kv_cache, use.limit, 1.0);
}

TEST(Memory, TheFullestStageCounts) {
  const ModelSpec model = round_model();  // 10 layers: stages of 4, 3, 3
  const GpuType gpu = round_gpu();
  EXPECT_NEAR(memory_use(deploy(model, gpu, 1, 3)).weights, 2e9 * 0.4, 1.0);
  EXPECT_NEAR(memory_use(deploy(model, gpu, 2, 5)).weights, 2e9 / 10.0, 1.0);
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
      const double batch = physics.max_batch_for_memory(tokens, 0.1 * tokens);
      const double held = batch * kv_bytes_per_gpu(deployment, 1.1 * tokens);
      ASSERT_LE(use.weights + use.activations + use.runtime + held,
                deployment.gpu->memory_bytes * deployment.memory_utilization * (1.0 + 1e-9))
          << deployment.model->name << " on " << deployment.gpu->name;
    }
  });
}

TEST(Memory, KnownDeployments) {
  const Catalog& catalog = testing::builtin_catalog();
  const auto shape = [&](const char* model, const char* gpu, int n, Precision precision) {
    return check_shape(deploy(catalog.model(*catalog.find_model(model)),
                              catalog.gpu(*catalog.find_gpu(gpu)), n, 1, precision));
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
