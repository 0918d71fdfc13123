// What the engine adds to the kernels, how prompts mix into decoding, and copies of the attention:
// by hand, on round numbers.

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

TEST(EngineTerms, FixedTimesAreStepLayersAndSequences) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(20.0, 1.0).fixed, 1e-3 + 1e-4 + 2e-5, 1e-15);
  // 2 us more a layer in prefill, of one sequence.
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).prefill(500.0).fixed, 1e-3 + 1.2e-4 + 1e-6, 1e-15);
  gpu.efficiency.host = 2.0;
  EXPECT_NEAR(PhaseModel(deploy(model, gpu)).decode(20.0, 1.0).fixed, 2e-3 + 2e-4 + 4e-5, 1e-15);
}

TEST(EngineTerms, EachKindOfLayerAddsItsOwn) {
  const GpuType gpu = round_gpu();
  EngineProfile engine;
  engine.expert_layer_s = 1e-6;
  engine.quantised_layer_s = 2e-6;
  engine.quantised_expert_s = 4e-6;
  engine.qk_norm_s = 8e-6;
  engine.latent_s = 16e-6;
  engine.linear_s = 32e-6;
  engine.sparse_s = 64e-6;
  const auto a_layer = [&](const ModelSpec& model, Precision precision = Precision::kBf16) {
    Deployment d = deploy(model, gpu, 1, 1, precision);
    d.engine = &engine;
    return PhaseModel(d).decode(1.0, 1.0).fixed / 10.0 * 1e6;
  };
  ModelSpec dense = round_model();
  EXPECT_NEAR(a_layer(dense), 0.0, 1e-9);
  EXPECT_NEAR(a_layer(dense, Precision::kFp8), 2.0, 1e-9);
  EXPECT_NEAR(a_layer(dense, Precision::kInt4), 2.0, 1e-9);
  ModelSpec mixture = round_mixture();
  EXPECT_NEAR(a_layer(mixture), 1.0, 1e-9);
  EXPECT_NEAR(a_layer(mixture, Precision::kInt8), 1.0 + 4.0, 1e-9);
  EXPECT_NEAR(a_layer(mixture, Precision::kFp4), 1.0 + 2.0, 1e-9);
  mixture.experts->layers = 5;  // the others are dense
  EXPECT_NEAR(a_layer(mixture), 0.5, 1e-9);
  mixture.experts->layers = 0;  // not stated: all
  EXPECT_NEAR(a_layer(mixture), 1.0, 1e-9);
  dense.qk_norm = true;
  EXPECT_NEAR(a_layer(dense), 8.0, 1e-9);
  dense.linear_layer_share = 0.5;
  EXPECT_NEAR(a_layer(dense), 8.0 + 16.0, 1e-9);
  dense.latent = Latent{50, 10};
  dense.sparse_attention_tokens = 64;
  EXPECT_NEAR(a_layer(dense), 8.0 + 16.0 + 16.0 + 64.0, 1e-9);
}

TEST(EngineTerms, AnEagerHostSetsAFloor) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  engine.host_layer_s = 1e-3;
  Deployment d = deploy(model, gpu);
  d.engine = &engine;
  EXPECT_DOUBLE_EQ(PhaseModel(d).decode_seconds(1.0, 100.0), 10e-3);
  EXPECT_DOUBLE_EQ(PhaseModel(d).prefill_seconds(1.0), 10e-3);
  const PassTerms long_pass = PhaseModel(d).prefill(5000.0);
  EXPECT_GT(long_pass.sum(), 10e-3);
  EXPECT_DOUBLE_EQ(long_pass.total(), long_pass.sum());
  gpu.efficiency.host = 2.0;  // it is the host's time
  EXPECT_DOUBLE_EQ(PhaseModel(d).decode_seconds(1.0, 100.0), 20e-3);
}

TEST(PromptTime, MixedPassesReadTheWeightsAndPayTheFixedTimesOnce) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PromptTime prompt = PhaseModel(deploy(model, gpu)).prompt_time(900.0);
  // Computing 950 x 25 us beside reading 2.5 ms, 900 x 450 pairs, the head, 1.121 ms fixed.
  const double attention = 32000 * 900.0 * 450 / 50e12;
  const double alone = 23.75e-3 + 0.25 * 2.5e-3 + attention + 2.5e-5 + 1.121e-3;
  EXPECT_NEAR(prompt.alone, alone, 1e-15);
  // Half of T_half's loss, of the reading that shows, of head and fixed is paid by others.
  EXPECT_NEAR(prompt.mixed, alone - 0.5 * (1.25e-3 + 0.25 * 2.5e-3 + 2.5e-5 + 1.121e-3), 1e-15);
}

TEST(PromptTime, MixingNeverSavesArithmetic) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  Deployment d = deploy(model, gpu);
  d.engine = &engine;
  engine.mixing = 0.0;
  EXPECT_EQ(PhaseModel(d).prompt_time(900.0).mixed, PhaseModel(d).prompt_time(900.0).alone);
  engine.mixing = 1.0;
  // 100 tokens of 25 us and 100 x 50 pairs are left; what few tokens lose was lost already.
  const double arithmetic = 2.5e-3 + 32000 * 100.0 * 50 / 50e12;
  EXPECT_NEAR(PhaseModel(d).prompt_time(100.0).mixed, arithmetic, 1e-15);
  // Messages are not saved either.
  d.tensor_parallel = 2;
  const double messages = 20 * (1e-5 + 100 * 2000 / 1e11);
  EXPECT_NEAR(PhaseModel(d).prompt_time(100.0).mixed, 0.5 * arithmetic + messages, 1e-15);
}

TEST(PromptTime, OfAMixtureSavesReadingExperts) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  const PromptTime prompt = PhaseModel(deploy(model, gpu)).prompt_time(2000.0);
  // Dense: 2050 x 5 us beside 0.5 ms. Experts, all touched: 2000 x 10 us beside 4 ms.
  const double attention = 32000 * 2000.0 * 1000 / 50e12;
  const double alone =
      10.25e-3 + 0.25 * 0.5e-3 + 20e-3 + 0.5 * 4e-3 + attention + 2.5e-5 + 1.121e-3;
  EXPECT_NEAR(prompt.alone, alone, 1e-12);
  EXPECT_NEAR(prompt.mixed,
              alone - 0.5 * (0.25e-3 + 0.25 * 0.5e-3 + 0.5 * 4e-3 + 2.5e-5 + 1.121e-3), 1e-12);
}

TEST(EngineTerms, APromptOfOthersIsReadBeforeTheFirstTokenOrBetweenTheOthers) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu, 1, 2));
  const PromptTime prompt = physics.prompt_time(900.0);
  // 7 others in two stages. Of 10 tokens 9 have a gap before: w + (1 - w)/10 comes first.
  const double step = 5e-3;
  const double first = prompt.alone + 0.325 * 3.5 * prompt.mixed + 1.0 * step;
  EXPECT_NEAR(physics.first_token_seconds(prompt, step, 8.0, 10.0), first, 1e-12);
  const Iteration iteration = physics.iteration(900.0, 10.0);
  EXPECT_NEAR(iteration.seconds(8.0) - iteration.decode_seconds(8.0), 0.075 * 3.5 * prompt.mixed,
              1e-12);
  // 9 gaps and the wait for the first token make up all of them.
  const double service = prompt.alone + 3.5 * prompt.mixed + 9.0 * step;
  EXPECT_NEAR(physics.service_seconds(prompt, step, 8.0, 10.0), service, 1e-12);
  // One token: everything is read before it.
  EXPECT_NEAR(physics.first_token_seconds(prompt, step, 8.0, 1.0),
              prompt.alone + 3.5 * prompt.mixed + step, 1e-12);
  EXPECT_EQ(physics.service_seconds(prompt, step, 1.0, 1.0), prompt.alone);
}

// Two copies of a TP 2 attention over four GPUs.
TEST(DataParallelAttention, RanksShareExpertsAndSplitSequences) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu, 2);
  d.data_parallel = 2;
  EXPECT_EQ(d.stage_gpus(), 4);
  EXPECT_EQ(d.gpus(), 4);
  const PhaseModel physics(d);
  const PassTerms step = physics.decode(8.0, 1000.0);
  // 4 sequences a rank in the dense part: 2.5 us a token, 50 tokens more for what few lose.
  EXPECT_NEAR(step.matrices.read, 4e8 / (2 * 0.8e12), 1e-15);
  EXPECT_NEAR(step.matrices.work, 54 * 2.5e-6, 1e-15);
  EXPECT_NEAR(step.head, 2e7 / (4 * 0.8e12), 1e-16);
  // 8 in the experts, over 4 GPUs.
  EXPECT_NEAR(step.experts.read, 1e-3 * (1.0 - std::pow(0.75, 8)), 1e-15);
  EXPECT_NEAR(step.experts.work, 8 * 2.5e-6, 1e-15);
  // Each rank reads the cache of its 4, each GPU one of the 2 heads.
  EXPECT_NEAR(step.attention.read, 4 * 1000 * 1e-8, 1e-15);
  EXPECT_NEAR(step.all_reduce, 20 * (2e-6 + 1.5 * 4 * 2000 / 1e10), 1e-15);
  EXPECT_NEAR(step.fixed, 1.1e-3 + 4e-6, 1e-15);
  // A rank never runs less than one sequence.
  EXPECT_EQ(physics.decode_seconds(1.0, 500.0), physics.decode_seconds(2.0, 500.0));
}

TEST(DataParallelAttention, OneRankReadsAPromptAndKeepsItsCache) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu, 2);
  d.data_parallel = 2;
  const PhaseModel physics(d);
  const PassTerms pass = physics.prefill(1000.0, 0.5);
  EXPECT_NEAR(pass.matrices.work, 550 * 2.5e-6, 1e-15);
  EXPECT_NEAR(pass.experts.work, 500 * 2.5e-6, 1e-15);
  EXPECT_NEAR(pass.attention.read, 500 * 1e-8, 1e-15);
  EXPECT_NEAR(pass.attention.work, 32000 * 500.0 * 750 / 100e12, 1e-15);
  EXPECT_NEAR(pass.all_reduce, 20 * (2e-5 + 1.5 * 500 * 2000 / 1e11), 1e-15);
  EXPECT_NEAR(pass.fixed, 1.121e-3, 1e-15);
  // Twice the room for the cache: each rank holds its own sequences.
  EXPECT_NEAR(physics.kv_capacity_tokens(), 2.0 * memory_use(d).kv_cache / 4000.0, 1e-3);
}

TEST(DataParallelAttention, PromptsOfAllRanksShareTheExperts) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  EngineProfile engine = round_engine();
  engine.mixing = 1.0;
  Deployment d = deploy(model, gpu, 2);
  d.data_parallel = 2;
  d.engine = &engine;
  // Both ranks read a prompt of 4000: dense part and attention side by side, experts of 8000.
  const double dense = 4000 * 2.5e-6 + 32000 * 4000.0 * 2000 / 100e12;
  const double messages = 20 * (2e-5 + 1.5 * 4000 * 2000 / 1e11);
  const PromptTime prompt = PhaseModel(d).prompt_time(4000.0);
  EXPECT_NEAR(prompt.mixed, dense + 8000 * 2.5e-6 + messages, 1e-12);
  // Alone it has the experts to itself: 4050 x 2.5 us beside reading, 4000 x 2.5 us beside reading.
  const double alone = 4050 * 2.5e-6 + 0.25 * 2.5e-4 + 32000 * 4000.0 * 2000 / 100e12 +
                       4000 * 2.5e-6 + 0.5 * 1e-3 + 2e7 / 3.2e12 + messages + 1.121e-3;
  EXPECT_NEAR(prompt.alone, alone, 1e-12);
}

}  // namespace
}  // namespace berth
