// Each kernel of a pass against the arithmetic of docs/model.md, done by hand.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/perf/memory.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::round_engine;
using testing::round_gpu;
using testing::round_mixture;
using testing::round_model;

void expect_kernel(const KernelTime& kernel, double read, double work, double exposed) {
  EXPECT_NEAR(kernel.read, read, 1e-14);
  EXPECT_NEAR(kernel.work, work, 1e-14);
  EXPECT_EQ(kernel.exposed, exposed);
}

TEST(KernelTime, TheLargerPlusWhatShowsOfTheSmaller) {
  EXPECT_DOUBLE_EQ((KernelTime{5.0, 2.0, 0.25}).total(), 5.5);
  EXPECT_DOUBLE_EQ((KernelTime{2.0, 5.0, 0.25}).total(), 5.5);
  EXPECT_DOUBLE_EQ((KernelTime{2.0, 5.0, 0.0}).total(), 5.0);
  EXPECT_DOUBLE_EQ((KernelTime{2.0, 5.0, 1.0}).total(), 7.0);
  EXPECT_EQ(KernelTime{}.total(), 0.0);
}

TEST(PassTerms, AddUpAndTakeNoLessThanTheFloor) {
  PassTerms terms;
  terms.matrices = {4.0, 1.0, 0.5};
  terms.experts = {1.0, 8.0, 0.25};
  terms.attention = {2.0, 3.0, 0.0};
  terms.head = 0.125;
  terms.all_reduce = 10.0;
  terms.hand_over = 20.0;
  terms.fixed = 40.0;
  EXPECT_DOUBLE_EQ(terms.sum(), 4.5 + 8.25 + 3.0 + 0.125 + 10.0 + 20.0 + 40.0);
  EXPECT_DOUBLE_EQ(terms.total(), terms.sum());
  terms.floor = 100.0;
  EXPECT_DOUBLE_EQ(terms.total(), 100.0);
}

TEST(Terms, MatricesReadTheLayersAndComputeEveryTokenAndTheHalfPoint) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  // 2e9 bytes at 0.8 TB/s; 2e9 FLOP a token at 80 TFLOP/s, for T + 50 tokens.
  expect_kernel(physics.prefill(1000.0).matrices, 2.5e-3, 1050 * 2.5e-5, 0.25);
  expect_kernel(physics.decode(20.0, 3000.0).matrices, 2.5e-3, 70 * 2.5e-5, 0.25);
  EXPECT_NEAR(physics.decode(20.0, 3000.0).matrices.total(), 2.5e-3 + 0.25 * 1.75e-3, 1e-15);
  // An engine's own factors on both.
  EngineProfile engine = round_engine();
  engine.compute = 0.5;
  engine.weights = 0.25;
  Deployment slower = deploy(model, gpu);
  slower.engine = &engine;
  expect_kernel(PhaseModel(slower).prefill(1000.0).matrices, 1e-2, 1050 * 5e-5, 0.25);
}

TEST(Terms, TheHeadIsReadIn16BitOverAllGpusOfAStage) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(1.0, 1.0).head, 2e7 / 0.8e12, 1e-16);
  EXPECT_NEAR(PhaseModel(deploy(model, gpu, 4, 1, Precision::kFp8)).prefill(9.0).head,
              2e7 / (4 * 0.8e12), 1e-16);
}

TEST(Terms, AttentionReadsTheCacheAndComputesEveryPairOfTokens) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  // 4 x 10 layers x 8 heads x 100 at 50 TFLOP/s, for 1000 tokens of 500 before them on average.
  expect_kernel(physics.prefill(1000.0).attention, 0.0, 32000 * 1000.0 * 500 / 50e12, 0.0);
  // 8000 bytes a cached token at 0.4 TB/s; decode of grouped heads is bound by reading.
  expect_kernel(physics.decode(20.0, 3000.0).attention, 20 * 3000 * 2e-8, 0.0, 0.0);
}

TEST(Terms, AnEngineMayReadTheCacheSeveralTimes) {
  const ModelSpec model = round_model();  // 4 heads share each key-value head
  const GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  Deployment d = deploy(model, gpu);
  d.engine = &engine;
  engine.cache_rereads = 1.0;
  EXPECT_NEAR(PhaseModel(d).decode(1.0, 1000.0).attention.read, 4 * 1000 * 2e-8, 1e-15);
  engine.cache_rereads = 0.5;
  EXPECT_NEAR(PhaseModel(d).decode(1.0, 1000.0).attention.read, 2 * 1000 * 2e-8, 1e-15);
}

TEST(Terms, AnEightBitCacheIsHalfTheBytesAtItsOwnRate) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu);
  d.cache = CacheFormat::k8Bit;
  EXPECT_NEAR(PhaseModel(d).decode(1.0, 1000.0).attention.read, 1000 * 4000 / (0.75 * 0.4e12),
              1e-15);
  EXPECT_DOUBLE_EQ(cache_bytes_per_token(d), 4000.0);
  // The arithmetic stays in 16 bit.
  EXPECT_EQ(PhaseModel(d).prefill(1000.0).attention.work,
            PhaseModel(deploy(model, gpu)).prefill(1000.0).attention.work);
}

TEST(Terms, DecodeOnALatentComputesToo) {
  ModelSpec model = round_model();
  model.attention = AttentionKind::kMla;
  model.kv_heads = 1;
  model.latent = Latent{50, 10};
  const GpuType gpu = round_gpu();
  // 2 x 10 layers x 8 heads x (2 x 50 + 10) = 17600 FLOP a cached token; the cache is not split.
  expect_kernel(PhaseModel(deploy(model, gpu)).decode(20.0, 3000.0).attention, 6e4 * 2e-8,
                6e4 * 17600 / 50e12, 0.0);
  expect_kernel(PhaseModel(deploy(model, gpu, 4)).decode(20.0, 3000.0).attention, 6e4 * 2e-8,
                6e4 * 4400 / 50e12, 0.0);
}

TEST(Terms, LayersOfLinearAttentionHaveNoPairs) {
  ModelSpec model = round_model();
  model.linear_layer_share = 0.75;
  const GpuType gpu = round_gpu();
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).prefill(1000.0).attention.work,
              0.25 * 32000 * 1000.0 * 500 / 50e12, 1e-15);
}

TEST(Terms, AllReduceTakesTheFasterOfTwoRegimesTwiceALayer) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu, 2));
  // n = 2: 2 (n-1)/n = 1. Messages of T * 2000 bytes.
  EXPECT_NEAR(physics.prefill(10.0).all_reduce, 20.0 * (1e-6 + 2e4 / 1e10), 1e-15);
  EXPECT_NEAR(physics.prefill(10000.0).all_reduce, 20.0 * (1e-5 + 2e7 / 1e11), 1e-12);
  EXPECT_EQ(PhaseModel(deploy(model, gpu)).prefill(100.0).all_reduce, 0.0);
  // An engine's factors: on the latency, and on the bandwidth.
  EngineProfile engine = round_engine();
  engine.all_reduce_latency = 3.0;
  engine.all_reduce_bandwidth = 0.5;
  Deployment d = deploy(model, gpu, 2);
  d.engine = &engine;
  EXPECT_NEAR(PhaseModel(d).prefill(10.0).all_reduce, 20.0 * (3e-6 + 4e4 / 1e10), 1e-15);
}

TEST(Terms, AllReduceOfAnUnlistedDegreeIsNeverFasterThanTheNextLargerOne) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  gpu.efficiency.all_reduce.erase(gpu.efficiency.all_reduce.begin());
  const double borrowed = PhaseModel(deploy(model, gpu, 2)).prefill(10.0).all_reduce;
  EXPECT_NEAR(borrowed, 20.0 * (2e-6 + 2e4 / 1e10), 1e-15);
  gpu.fast_domain = 8;
  // One doubling beyond 4 GPUs doubles the latency; 2 (n-1)/n = 1.75.
  const double grown = PhaseModel(deploy(model, gpu, 8)).prefill(10.0).all_reduce;
  EXPECT_NEAR(grown, 20.0 * (4e-6 + 1.75 * 2e4 / 1e10), 1e-15);
}

TEST(Terms, HandOverDependsOnWhereTheStagesAre) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel inside(deploy(model, gpu, 1, 4));
  EXPECT_NEAR(inside.prefill(100.0).hand_over, 3.0 * (5e-6 + 2e5 / 1e11), 1e-15);
  const PhaseModel between(deploy(model, gpu, 4, 2));
  EXPECT_NEAR(between.prefill(100.0).hand_over, 1.0 * (50e-6 + 2e5 / 1e10), 1e-15);
  Deployment single_boxes = deploy(model, gpu, 1, 4);
  single_boxes.box_gpus = 1;
  EXPECT_NEAR(PhaseModel(single_boxes).prefill(100.0).hand_over, 3.0 * (50e-6 + 2e5 / 1e10), 1e-15);
}

TEST(Terms, TensorParallelismDividesWorkButTheCacheOnlyByItsHeads) {
  const ModelSpec model = round_model();  // 2 key-value heads
  const GpuType gpu = round_gpu();
  const PhaseModel one(deploy(model, gpu, 1));
  const PhaseModel two(deploy(model, gpu, 2));
  const PhaseModel four(deploy(model, gpu, 4));
  expect_kernel(four.prefill(1000.0).matrices, 2.5e-3 / 4, 1050 * 2.5e-5 / 4, 0.25);
  EXPECT_NEAR(four.prefill(1000.0).attention.work, one.prefill(1000.0).attention.work / 4.0, 1e-15);
  EXPECT_NEAR(two.coefficients().kv_per_token, 1e-8, 1e-20);
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
  // 1.6e9 bytes at 0.8 x 0.5 TB/s; 2 x 8e8 / 4 FLOP a token at 80 x 0.5 TFLOP/s.
  const auto experts = [&](double tokens) { return physics.decode(tokens, 0.0).experts; };
  expect_kernel(experts(1.0), 0.25 * 4e-3, 1e-5, 0.5);
  expect_kernel(experts(3.0), (1.0 - std::pow(0.75, 3)) * 4e-3, 3e-5, 0.5);
  expect_kernel(experts(1000.0), 4e-3, 1e-2, 0.5);
  EXPECT_NEAR(experts(1000.0).total(), 1e-2 + 0.5 * 4e-3, 1e-15);
  // The dense part is a kernel of its own.
  expect_kernel(physics.decode(3.0, 0.0).matrices, 4e8 / 0.8e12, 53 * 4e8 / 80e12, 0.25);
  EXPECT_EQ(PhaseModel(deploy(round_model(), gpu)).decode(9.0, 1.0).experts.total(), 0.0);
}

TEST(Terms, ManySmallExpertsComputeWorseThanFewLargeOnes) {
  ModelSpec model = round_mixture();
  model.experts->experts = 32;
  model.experts->active = 8;
  const GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  engine.expert_prefill = 1.5;
  Deployment d = deploy(model, gpu);
  d.engine = &engine;
  const PhaseModel physics(d);
  // 4e8 FLOP a token at 80 x 0.125 TFLOP/s; half as much again in prefill.
  EXPECT_NEAR(physics.decode(10.0, 0.0).experts.work, 10 * 4e-5, 1e-15);
  EXPECT_NEAR(physics.prefill(10.0).experts.work, 10 * 6e-5, 1e-15);
  // Large ones are balanced like any matrix.
  const ModelSpec coarse = round_mixture();
  d.model = &coarse;
  EXPECT_NEAR(PhaseModel(d).prefill(10.0).experts.work, 10 * 1e-5, 1e-15);
}

TEST(Terms, SequencesThatChooseAlikeTouchFewerExperts) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  Deployment d = deploy(model, gpu);
  d.engine = &engine;
  const auto touched = [&](double spread, double tokens) {
    engine.touched_spread = spread;
    return PhaseModel(d).decode(tokens, 0.0).experts.read / 4e-3;
  };
  // 1 - 0.75^(1 + (T-1) rho): the first token touches a quarter whatever the others do.
  for (const double spread : {0.0, 0.25, 1.0}) EXPECT_NEAR(touched(spread, 1.0), 0.25, 1e-12);
  EXPECT_NEAR(touched(0.25, 9.0), 1.0 - std::pow(0.75, 3), 1e-12);
  EXPECT_NEAR(touched(0.0, 1000.0), 0.25, 1e-12);
  EXPECT_NEAR(touched(1.0, 3.0), 1.0 - std::pow(0.75, 3), 1e-12);
}

TEST(Terms, AMixtureWhoseExpertsAreAllActiveReadsThemAll) {
  ModelSpec model = round_mixture();
  model.experts->active = 8;
  model.active_parameters = model.parameters;
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  expect_kernel(physics.decode(1.0, 0.0).experts, 4e-3, 4e-5, 0.5);
  expect_kernel(physics.decode(30.0, 0.0).experts, 4e-3, 30 * 4e-5, 0.5);
}

TEST(Terms, WindowsCapWhatTheirLayersSee) {
  ModelSpec model = round_model();
  model.window = SlidingWindow{1000, 0.5};
  const GpuType gpu = round_gpu();
  const PhaseModel windowed(deploy(model, gpu));
  EXPECT_NEAR(windowed.decode(1.0, 800.0).attention.read, 800 * 2e-8, 1e-18);
  // Half the layers see 1000 of 5000 tokens: 3000 on average.
  EXPECT_NEAR(windowed.decode(1.0, 5000.0).attention.read, 3000 * 2e-8, 1e-18);
  EXPECT_NEAR(windowed.prefill(10000.0).attention.work, 32000 * 1e4 * 3000 / 50e12, 1e-12);
}

TEST(Terms, SparseAttentionLooksAtTheTokensItsIndexPicks) {
  ModelSpec model = round_model();
  model.sparse_attention_tokens = 2000;
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  EXPECT_NEAR(physics.decode(3.0, 5000.0).attention.read, 3 * 2000 * 2e-8, 1e-18);
  EXPECT_NEAR(physics.prefill(10000.0).attention.work, 32000 * 1e4 * 2000 / 50e12, 1e-12);
}

TEST(Terms, PrefixHitsAreNotComputedButStillAttendedToAndRead) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const PassTerms cached = physics.prefill(1000.0, 0.6);
  // 400 new tokens look back on 600..1000, 800 on average, and read the 600 cached ones.
  expect_kernel(cached.matrices, 2.5e-3, 450 * 2.5e-5, 0.25);
  expect_kernel(cached.attention, 600 * 2e-8, 32000 * 400.0 * 800 / 50e12, 0.0);
  EXPECT_LT(cached.total(), physics.prefill(1000.0).total());
  // A fully cached prompt still computes one token.
  expect_kernel(physics.prefill(1000.0, 1.0).matrices, 2.5e-3, 51 * 2.5e-5, 0.25);
  EXPECT_NEAR(physics.prefill(1000.0, 1.0).attention.read, 999 * 2e-8, 1e-15);
}

TEST(Terms, PipeliningLeavesTheStepOfOneRequestAndMultipliesThroughput) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  gpu.efficiency.hand_over_in_node = {0.0, 1e30};
  const PhaseModel one(deploy(model, gpu, 1, 1));
  const PhaseModel four(deploy(model, gpu, 1, 4));
  // A micro-batch of the same size takes as long; four of them are in flight.
  EXPECT_NEAR(four.decode_seconds(64.0, 500.0), one.decode_seconds(16.0, 500.0), 1e-12);
  // 63 prompts of others over four stages, and 15 over one.
  const double prompt = 0.75 * one.prompt_time(500.0).mixed / 100.0;
  EXPECT_NEAR(four.iteration_seconds(64.0, 500.0, 100.0) - 63.0 / 4.0 * prompt,
              one.iteration_seconds(16.0, 500.0, 100.0) - 15.0 * prompt, 1e-12);
  // Fewer sequences than stages: a micro-batch still holds one.
  EXPECT_EQ(four.decode_seconds(2.0, 500.0), one.decode_seconds(1.0, 500.0));
}

TEST(Terms, PrecisionSetsBytesPeakAndEfficiency) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel fp8(deploy(model, gpu, 1, 1, Precision::kFp8));
  expect_kernel(fp8.prefill(1000.0).matrices, 1e9 / (0.8e12 * 0.5), 1050 * 2e9 / (200e12 * 0.6),
                0.5);
  // int4: no arithmetic of its own, 16-bit peak; the cache stays 16 bit.
  const PhaseModel int4(deploy(model, gpu, 1, 1, Precision::kInt4));
  expect_kernel(int4.prefill(1000.0).matrices,
                1e9 * bytes_per_parameter(Precision::kInt4) / (0.8e12 * 0.25), 1050 * 2.5e-5, 0.5);
  EXPECT_EQ(int4.coefficients().kv_per_token, fp8.coefficients().kv_per_token);
}

TEST(Terms, MixturesIn4BitKeepTheirDenseLayersIn16) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  EXPECT_EQ(dense_precision(model, Precision::kInt4), Precision::kBf16);
  EXPECT_EQ(dense_precision(model, Precision::kFp8), Precision::kFp8);
  EXPECT_EQ(dense_precision(round_model(), Precision::kInt4), Precision::kInt4);
  const PhaseModel int4(deploy(model, gpu, 1, 1, Precision::kInt4));
  expect_kernel(int4.prefill(1000.0).matrices, 4e8 / 0.8e12, 1050 * 4e8 / 80e12, 0.25);
  EXPECT_NEAR(int4.coefficients().experts,
              8e8 * bytes_per_parameter(Precision::kInt4) / (0.8e12 * 0.25 * 0.5 * 0.5), 1e-15);
  const PhaseModel fp4(deploy(model, gpu, 1, 1, Precision::kFp4));
  EXPECT_NEAR(fp4.coefficients().experts,
              8e8 * bytes_per_parameter(Precision::kFp4) / (0.8e12 * 0.25 * 0.5 * 1.5), 1e-15);
}

TEST(Terms, ExpertsAreNeverReadFasterThanTheMemory) {
  const ModelSpec model = round_mixture();
  GpuType gpu = round_gpu();
  gpu.efficiency.expert_weights = 1.3;
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).coefficients().experts, 1.6e9 / 1e12, 1e-15);
}

}  // namespace
}  // namespace berth
