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

TEST(Predict, MetricsAreConsistent) {
  Random random(31);
  int predicted = 0;
  testing::for_each_builtin_deployment([&](const Deployment& deployment) {
    PredictionRequest request;
    request.deployment = deployment;
    request.prompt_tokens = std::floor(1.0 + 1500.0 * random.uniform());
    request.output_tokens = std::floor(1.0 + 500.0 * random.uniform());
    request.prefix_reuse = random.uniform();
    request.batch = std::floor(1.0 + 400.0 * random.uniform());
    const Result<Prediction> result = predict(request);
    if (!result) {
      ASSERT_EQ(result.errors().front().code, ErrorCode::kInfeasible)
          << to_string(result.errors().front());
      return;
    }
    ++predicted;
    const Prediction& p = *result;
    ASSERT_NEAR(p.e2e_s, p.ttft_s + (request.output_tokens - 1.0) * p.tpot_s, 1e-9 * p.e2e_s);
    ASSERT_NEAR(p.throughput * p.e2e_s, request.batch, 1e-9 * request.batch);  // Little's law
    ASSERT_NEAR(p.prefill.total(), p.prefill_s, 1e-15);
    ASSERT_NEAR(p.decode.total(), p.decode_step_s, 1e-15);
    ASSERT_GE(p.ttft_s, p.prefill_s);
    ASSERT_GE(p.tpot_s, p.decode_step_s);
    ASSERT_LE(p.batch, p.max_batch);
    // The shown numerators account for the shown terms.
    ASSERT_NEAR(p.prefill_work.matrix_s + p.prefill_work.attention_s, p.prefill.compute,
                1e-9 * p.prefill.compute);
    ASSERT_NEAR(p.decode_work.weights_s + p.decode_work.cache_s, p.decode.memory,
                1e-9 * p.decode.memory);
  });
  EXPECT_GT(predicted, 500);
}

TEST(Predict, ClientsBeyondTheLargestBatchWait) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(model, gpu, 32.0);
  request.deployment.max_num_seqs = 16;
  const Prediction capped = *predict(request);
  EXPECT_EQ(capped.batch, 16.0);
  EXPECT_EQ(capped.clients, 32.0);
  request.batch = 16.0;
  const Prediction full = *predict(request);
  EXPECT_NEAR(capped.throughput, full.throughput, 1e-9 * full.throughput);
  EXPECT_NEAR(capped.e2e_s, 2.0 * full.e2e_s, 1e-9 * capped.e2e_s);
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
  request.engine = "other";
  request.deployment.tensor_parallel = 3;
  const Result<Prediction> result = predict(request);
  ASSERT_FALSE(result.ok());
  ASSERT_EQ(result.errors().size(), 7U);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_EQ(result.errors()[i].code, ErrorCode::kOutOfRange);
  EXPECT_EQ(result.errors()[5].code, ErrorCode::kUnsupported);
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
