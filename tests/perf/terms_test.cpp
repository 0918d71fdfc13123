// Each term of a pass against the arithmetic of docs/model.md, done by hand.

#include <cmath>

#include <gtest/gtest.h>

#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::round_gpu;
using testing::round_mixture;
using testing::round_model;

TEST(Terms, ComputeIsMatrixProductsWithTheirHalfPointPlusAttention) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const double matrices = 2.0 * 1e9 * (1000.0 + 50.0) / (100e12 * 0.8);
  const double attention = 4.0 * 10 * 8 * 100 * 1000.0 * 500.0 / (100e12 * 0.5);
  EXPECT_NEAR(physics.prefill(1000.0).compute, matrices + attention, 1e-12);
}

TEST(Terms, MemoryIsWeightsPlusCache) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const double weights = 2e9 / (1e12 * 0.8);
  EXPECT_NEAR(physics.prefill(1000.0).memory, weights, 1e-12);
  const double cache = 20.0 * 3000.0 * 8000.0 / (1e12 * 0.4);
  EXPECT_NEAR(physics.decode(20.0, 3000.0).memory, weights + cache, 1e-12);
}

TEST(Terms, FixedTimesAreStepLayersAndSequences) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(20.0, 1.0).fixed, 1e-3 + 1e-4 + 2e-5, 1e-15);
  gpu.efficiency.moe_layer_s = 3e-5;  // of no concern to a dense model
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(20.0, 1.0).fixed, 1e-3 + 1e-4 + 2e-5, 1e-15);
  const ModelSpec mixture = round_mixture();
  EXPECT_NEAR(PhaseModel(deploy(mixture, gpu)).decode(20.0, 1.0).fixed, 1e-3 + 3e-4 + 2e-5, 1e-15);
}

TEST(Terms, AllReduceTakesTheFasterOfTwoRegimesTwiceALayer) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu, 2));
  // n = 2: 2 (n-1)/n = 1. Messages of T * 2000 bytes.
  EXPECT_NEAR(physics.prefill(10.0).all_reduce, 20.0 * (1e-6 + 2e4 / 1e10), 1e-15);
  EXPECT_NEAR(physics.prefill(10000.0).all_reduce, 20.0 * (1e-5 + 2e7 / 1e11), 1e-12);
  EXPECT_EQ(PhaseModel(deploy(model, gpu)).prefill(100.0).all_reduce, 0.0);
}

TEST(Terms, AllReduceOfAnUnlistedDegreeIsNeverFasterThanTheNextLargerOne) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  gpu.efficiency.all_reduce.erase(gpu.efficiency.all_reduce.begin());
  const double borrowed = PhaseModel(deploy(model, gpu, 2)).prefill(10.0).all_reduce;
  EXPECT_NEAR(borrowed, 20.0 * (2e-6 + 2e4 / 1e10), 1e-15);
  gpu.fast_domain = 8;
  const double grown = PhaseModel(deploy(model, gpu, 8)).prefill(10.0).all_reduce;
  EXPECT_GT(grown, PhaseModel(deploy(model, gpu, 4)).prefill(10.0).all_reduce);
}

TEST(Terms, HandOverDependsOnWhereTheStagesAre) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel inside(deploy(model, gpu, 1, 4));
  EXPECT_NEAR(inside.prefill(100.0).hand_over, 3.0 * (5e-6 + 2e5 / 1e11), 1e-15);
  const PhaseModel between(deploy(model, gpu, 4, 2));
  EXPECT_NEAR(between.prefill(100.0).hand_over, 1.0 * (50e-6 + 2e5 / 1e10), 1e-15);
}

TEST(Terms, TensorParallelismDividesWorkButTheCacheOnlyByItsHeads) {
  const ModelSpec model = round_model();  // 2 key-value heads
  const GpuType gpu = round_gpu();
  const PhaseModel one(deploy(model, gpu, 1));
  const PhaseModel two(deploy(model, gpu, 2));
  const PhaseModel four(deploy(model, gpu, 4));
  EXPECT_NEAR(four.prefill(1000.0).compute, one.prefill(1000.0).compute / 4.0, 1e-12);
  EXPECT_NEAR(four.coefficients().weights, one.coefficients().weights / 4.0, 1e-15);
  EXPECT_NEAR(two.coefficients().kv_per_token, one.coefficients().kv_per_token / 2.0, 1e-18);
  EXPECT_EQ(four.coefficients().kv_per_token, two.coefficients().kv_per_token);
  ModelSpec latent = model;
  latent.attention = AttentionKind::kMla;
  EXPECT_EQ(PhaseModel(deploy(latent, gpu, 4)).coefficients().kv_per_token,
            one.coefficients().kv_per_token);
}

TEST(Terms, AMixtureReadsTheExpertsItsTokensTouch) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const double per_byte = 1.0 / (1e12 * 0.8);
  const auto weights = [&](double tokens) { return physics.decode(tokens, 0.0).memory / per_byte; };
  EXPECT_NEAR(weights(1.0), 2.0 * (2e8 + 8e8 * 0.25), 1.0);
  EXPECT_NEAR(weights(3.0), 2.0 * (2e8 + 8e8 * (1.0 - std::pow(0.75, 3))), 1.0);
  EXPECT_NEAR(weights(1000.0), 2e9, 1.0);
  // Expert layers compute at their own efficiency.
  const double per_token = 2.0 * 2e8 / (100e12 * 0.8) + 2.0 * 2e8 / (100e12 * 0.4);
  EXPECT_NEAR(physics.coefficients().compute_per_token, per_token, 1e-18);
}

TEST(Terms, AMixtureWhoseExpertsAreAllActiveIsDense) {
  ModelSpec model = round_mixture();
  model.experts->active = 8;
  model.active_parameters = model.parameters;
  const GpuType gpu = round_gpu();
  const ModelSpec dense = round_model();
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(1.0, 0.0).memory,
              PhaseModel(deploy(dense, gpu)).decode(1.0, 0.0).memory, 1e-15);
}

TEST(Terms, WindowsCapWhatTheirLayersSee) {
  ModelSpec model = round_model();
  model.window = SlidingWindow{1000, 0.5};
  const GpuType gpu = round_gpu();
  const PhaseModel windowed(deploy(model, gpu));
  const ModelSpec full_model = round_model();
  const PhaseModel full(deploy(full_model, gpu));
  EXPECT_NEAR(windowed.decode(1.0, 800.0).memory, full.decode(1.0, 800.0).memory, 1e-15);
  // Half the layers see 1000 of 5000 tokens: 3000 on average.
  EXPECT_NEAR(windowed.decode(1.0, 5000.0).memory, full.decode(1.0, 3000.0).memory, 1e-15);
  EXPECT_NEAR(windowed.decode(1.0, 5000.0).compute, full.decode(1.0, 3000.0).compute, 1e-15);
}

TEST(Terms, PrefixHitsAreNotComputedButStillAttendedToAndRead) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const PassTerms cached = physics.prefill(1000.0, 0.6);
  // 400 new tokens look back on 600..1000, 800 on average, and read the 600 cached ones.
  const PassTerms expected = physics.pass(400.0, 1.0, 800.0, 600.0);
  EXPECT_NEAR(cached.compute, expected.compute, 1e-15);
  EXPECT_NEAR(cached.memory, expected.memory, 1e-15);
  EXPECT_GT(cached.memory, physics.prefill(400.0).memory);
  EXPECT_LT(cached.total(), physics.prefill(1000.0).total());
  // A fully cached prompt still computes one token.
  EXPECT_GT(physics.prefill(1000.0, 1.0).compute, 0.0);
}

TEST(Terms, PipeliningLeavesTheStepOfOneRequestAndMultipliesThroughput) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  gpu.efficiency.hand_over_in_node = {0.0, 1e30};
  const PhaseModel one(deploy(model, gpu, 1, 1));
  const PhaseModel four(deploy(model, gpu, 1, 4));
  // A micro-batch of the same size takes as long; four of them are in flight.
  EXPECT_NEAR(four.decode_seconds(64.0, 500.0), one.decode_seconds(16.0, 500.0), 1e-12);
  EXPECT_NEAR(four.iteration_seconds(64.0, 500.0, 100.0), one.iteration_seconds(16.0, 500.0, 100.0),
              1e-12);
  // Fewer sequences than stages: a micro-batch still holds one.
  EXPECT_EQ(four.decode_seconds(2.0, 500.0), one.decode_seconds(1.0, 500.0));
}

TEST(Terms, PrecisionSetsBytesPeakAndEfficiency) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel fp8(deploy(model, gpu, 1, 1, Precision::kFp8));
  EXPECT_NEAR(fp8.coefficients().weights, 1e9 / (1e12 * 0.5), 1e-15);
  EXPECT_NEAR(fp8.coefficients().compute_per_token, 2e9 / (200e12 * 0.5), 1e-18);
  // int4: no arithmetic of its own, 16-bit peak; the cache stays 16 bit.
  const PhaseModel int4(deploy(model, gpu, 1, 1, Precision::kInt4));
  EXPECT_NEAR(int4.coefficients().compute_per_token, 2e9 / (100e12 * 0.8), 1e-18);
  EXPECT_EQ(int4.coefficients().kv_per_token, fp8.coefficients().kv_per_token);
}

}  // namespace
}  // namespace berth
