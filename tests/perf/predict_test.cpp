#include "berth/perf/predict.h"

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using ::testing::HasSubstr;
using testing::round_gpu;
using testing::round_model;

PredictionRequest request_on(const ModelSpec& model, const GpuType& gpu, double batch) {
  PredictionRequest request;
  request.deployment = deploy(model, gpu, 2, 1);
  request.prompt_tokens = 1000.0;
  request.output_tokens = 200.0;
  request.batch = batch;
  return request;
}

TEST(Predict, TheFourMetricsByHand) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 4.0);
  request.deployment.tensor_parallel = 1;
  const Prediction p = *predict(request);
  // In ms. Prefill: 1050 x 25 us beside 2.5 of reading, 1000 x 500 pairs, the head, fixed. Of what
  // shows of reading, of T_half, head and fixed a prompt among others saves half.
  const double prefill = 26.25 + 0.25 * 2.5 + 0.32 + 0.025 + 1.121;
  const double mixed = prefill - 0.5 * (1.25 + 0.25 * 2.5 + 0.025 + 1.121);
  const double step = 2.5 + 0.25 * (54 * 0.025) + 4 * 1100 * 2e-5 + 0.025 + 1.104;
  const double tpot = step + 0.75 * 3.0 * mixed / 200.0;
  const double ahead = (0.25 + 0.75 / 200.0) * 3.0 * mixed;
  EXPECT_NEAR(p.prefill_s * 1e3, prefill, 1e-9);
  EXPECT_NEAR(p.decode_step_s * 1e3, step, 1e-9);
  EXPECT_NEAR(p.tpot_s * 1e3, tpot, 1e-9);
  EXPECT_NEAR(p.prefill_share_s * 1e3, tpot - step, 1e-9);
  EXPECT_NEAR(p.admission_s * 1e3, 10.0, 1e-12);
  EXPECT_NEAR(p.streaming_s * 1e3, step, 1e-9);
  EXPECT_NEAR(p.prefill_ahead_s * 1e3, ahead, 1e-9);
  EXPECT_NEAR(p.ttft_s * 1e3, 10.0 + prefill + ahead + step, 1e-9);
  EXPECT_NEAR(p.e2e_s * 1e3, 10.0 + prefill + ahead + step + 199 * tpot, 1e-7);
  EXPECT_NEAR(p.throughput, 4.0 / p.e2e_s, 1e-9);
  EXPECT_EQ(p.wait_s, 0.0);
  EXPECT_EQ(p.clients, 4.0);
}

PredictionRequest random_request(const Deployment& deployment, Random& random) {
  PredictionRequest request;
  request.deployment = deployment;
  request.prompt_tokens = std::floor(1.0 + 1500.0 * random.uniform());
  request.output_tokens = std::floor(1.0 + 500.0 * random.uniform());
  request.prefix_reuse = random.uniform();
  request.batch = std::floor(1.0 + 400.0 * random.uniform());
  return request;
}

TEST(Predict, MetricsAreConsistent) {
  Random random(31);
  int predicted = 0;
  testing::for_each_builtin_deployment([&](const Deployment& deployment) {
    const PredictionRequest request = random_request(deployment, random);
    const Result<Prediction> result = predict(request);
    if (!result) {
      ASSERT_EQ(result.errors().front().code, ErrorCode::kInfeasible)
          << to_string(result.errors().front());
      return;
    }
    ++predicted;
    const Prediction& p = *result;
    ASSERT_NEAR(p.e2e_s, p.ttft_s + (request.output_tokens - 1.0) * p.tpot_s, 1e-9 * p.e2e_s);
    ASSERT_NEAR(p.ttft_s,
                p.admission_s + p.wait_s + p.prefill_ahead_s + p.prefill_s + p.streaming_s,
                1e-9 * p.ttft_s);
    ASSERT_NEAR(p.throughput * p.e2e_s, request.batch, 1e-9 * request.batch);  // Little's law
    ASSERT_NEAR(p.prefill.total(), p.prefill_s, 1e-15);
    ASSERT_NEAR(p.decode.total(), p.decode_step_s, 1e-15);
    ASSERT_GE(p.wait_s, 0.0);
    ASSERT_GE(p.prefill_share_s, -1e-12 * p.tpot_s);
    ASSERT_LE(p.batch, request.batch);
    // Running sequences hold a part of their output; whole ones always fit.
    const PhaseModel physics(deployment);
    const double held = deployment.engine->output_held * request.output_tokens;
    const double running = physics.max_batch_for_memory(request.prompt_tokens, held);
    ASSERT_LE(p.batch, std::min(running, 1.0 * deployment.max_num_seqs) * (1.0 + 1e-12));
    ASSERT_GE(p.batch, std::min(p.max_batch, request.batch) * (1.0 - 1e-12));
  });
  EXPECT_GT(predicted, 500);
}

void expect_near(double value, double expected, const Deployment& d) {
  ASSERT_NEAR(value, expected, 1e-9 * std::abs(expected)) << testing::name_of(d);
}

/// The shown amounts over the shown times are the catalog's efficiencies.
void expect_accounts(const PassWork& work, const PassTerms& terms, const Deployment& d) {
  const GpuEfficiency& e = d.gpu->efficiency;
  const Precision precision = dense_precision(*d.model, d.precision);
  const ComputeMode mode = compute_mode(*d.gpu, precision);
  const double n = d.tensor_parallel;
  const double bandwidth = d.gpu->bandwidth_bytes_per_s;
  const double flop =
      work.matrix_flop / work.new_tokens * (work.rank_tokens + e.compute_half_tokens);
  expect_near(flop / (n * mode.peak_flops * terms.matrices.work),
              mode.efficiency * d.engine->compute, d);
  if (precision == Precision::kBf16) {
    expect_near(work.matrix_bytes / (n * bandwidth * terms.matrices.read),
                e.weights * d.engine->weights, d);
  }
  if (work.head_bytes > 0.0) {
    expect_near(work.head_bytes / (d.stage_gpus() * bandwidth * terms.head),
                e.weights * d.engine->weights, d);
  }
  if (work.cache_bytes > 0.0 && d.engine->cache_rereads == 0.0) {
    const double factor = d.cache == CacheFormat::k8Bit ? e.kv_cache_8bit : 1.0;
    expect_near(work.cache_bytes / (kv_split(d) * bandwidth * terms.attention.read),
                e.kv_cache * factor, d);
  }
  if (work.attention_flop > 0.0) {
    expect_near(work.attention_flop / (n * d.gpu->peak(Precision::kBf16) * terms.attention.work),
                e.attention, d);
  }
  if (d.model->is_moe()) {
    const double read = work.expert_bytes / (d.stage_gpus() * bandwidth * terms.experts.read);
    ASSERT_LE(read, 1.0 + 1e-9) << testing::name_of(d);
    ASSERT_GT(work.touched, 0.0);
    ASSERT_LE(work.touched, 1.0);
  }
}

TEST(Predict, WorkAccountsForTheTerms) {
  Random random(32);
  testing::for_each_builtin_deployment([&](const Deployment& deployment) {
    const Result<Prediction> result = predict(random_request(deployment, random));
    if (!result) return;
    expect_accounts(result->prefill_work, result->prefill, deployment);
    expect_accounts(result->decode_work, result->decode, deployment);
  });
}

TEST(Predict, ClientsBeyondTheLargestBatchWait) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 32.0);
  request.deployment.max_num_seqs = 16;
  const Prediction capped = *predict(request);
  EXPECT_EQ(capped.batch, 16.0);
  EXPECT_EQ(capped.clients, 32.0);
  EXPECT_NEAR(capped.wait_s, 16.0 / capped.throughput, 1e-12);
  request.batch = 16.0;
  const Prediction full = *predict(request);
  EXPECT_NEAR(capped.throughput, full.throughput, 1e-9 * full.throughput);
  EXPECT_NEAR(capped.e2e_s, 2.0 * full.e2e_s, 1e-9 * capped.e2e_s);
}

TEST(Predict, MoreRunTogetherWhereOutputsAreHeldInPart) {
  ModelSpec model = round_model();
  model.kv_bytes_per_token = 2e6;
  const GpuType gpu = round_gpu();
  EngineProfile engine = testing::round_engine();
  PredictionRequest request = request_on(model, gpu, 200.0);
  request.output_tokens = 1000.0;
  request.deployment.engine = &engine;
  const double whole = predict(request)->batch;
  engine.output_held = 0.5;
  const Prediction part = *predict(request);
  EXPECT_LT(part.batch, 200.0);
  EXPECT_NEAR(part.batch, whole * 2000.0 / 1500.0, 1e-9 * whole);
  EXPECT_NEAR(part.max_batch, whole, 1e-9 * whole) << "what surely fits";
}

TEST(Predict, WithoutABatchTheLargestWithinTheTarget) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 0.0);
  request.tpot = Seconds(10e-3);
  const Prediction p = *predict(request);
  EXPECT_LE(p.tpot_s, 10e-3);
  EXPECT_EQ(p.batch, std::floor(p.batch));
  request.batch = p.batch + 1.0;
  EXPECT_GT(predict(request)->tpot_s, 10e-3);
  request.batch = 0.0;
  request.tpot.reset();
  const Prediction unlimited = *predict(request);
  EXPECT_EQ(unlimited.batch, std::floor(unlimited.max_batch));
}

TEST(Predict, ReportsAllErrorsAtOnce) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, -3.0);
  request.prompt_tokens = 0.0;
  request.output_tokens = std::numeric_limits<double>::quiet_NaN();
  request.prefix_reuse = 1.5;
  request.tpot = Seconds(0.0);
  request.rate = -1.0;
  request.deployment.tensor_parallel = 3;
  const Result<Prediction> result = predict(request);
  ASSERT_FALSE(result.ok());
  ASSERT_EQ(result.errors().size(), 7U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_EQ(result.errors()[i].code, ErrorCode::kOutOfRange);
  EXPECT_EQ(result.errors()[5].where, "--rate");
  EXPECT_EQ(result.errors()[6].code, ErrorCode::kInconsistent);
}

TEST(Predict, SaysWhyAShapeCannotExist) {
  ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 1.0);
  request.deployment.tensor_parallel = 8;
  EXPECT_THAT(predict(request).errors()[0].suggestion, HasSubstr("at most TP 4"));
  request.deployment.tensor_parallel = 1;
  model.parameters = model.active_parameters = 70e9;
  EXPECT_THAT(predict(request).errors()[0].message, HasSubstr("140.0 GB of weights"));
  model.precisions = {Precision::kBf16, Precision::kInt4};
  request.deployment.precision = Precision::kFp8;
  EXPECT_EQ(predict(request).errors()[0].suggestion, "one of: bf16, int4");
}

TEST(Predict, CopiesOfTheAttentionAreForMixtures) {
  const ModelSpec dense = round_model();
  const ModelSpec mixture = testing::round_mixture();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(dense, gpu, 1.0);
  request.deployment.data_parallel = 2;
  const Errors errors = predict(request).errors();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where, "--dp");
  EXPECT_THAT(errors[0].message, HasSubstr("for a dense model more replicas do the same"));
  request.deployment.model = &mixture;
  EXPECT_TRUE(predict(request).ok());
  request.deployment.tensor_parallel = gpu.fast_domain;
  const Error wide = predict(request).errors()[0];
  EXPECT_THAT(wide.message, HasSubstr("TP x DP = 8 exceeds the GPUs joined by one link"));
  EXPECT_THAT(wide.suggestion, HasSubstr("at most TP x DP = 4"));
}

TEST(Predict, ContextTargetsAndMemoryThatCannotBeMet) {
  ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 0.0);
  request.prompt_tokens = 99900.0;
  EXPECT_EQ(predict(request).errors()[0].code, ErrorCode::kOutOfRange);
  request.prompt_tokens = 1000.0;
  request.tpot = Seconds(1e-6);
  const Result<Prediction> too_fast = predict(request);
  EXPECT_EQ(too_fast.errors()[0].code, ErrorCode::kInfeasible);
  EXPECT_EQ(too_fast.errors()[0].where, "--tpot");
  model.kv_bytes_per_token = 1e8;
  EXPECT_THAT(predict(request_on(model, gpu, 1.0)).errors()[0].message,
              HasSubstr("not one sequence"));
}

}  // namespace
}  // namespace berth
