// Requests that arrive on their own: how many run, how long they wait, what a replica sustains.

#include <cmath>
#include <limits>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/perf/predict.h"
#include "berth/perf/queueing.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using ::testing::HasSubstr;
using testing::round_gpu;
using testing::round_model;

PredictionRequest request_on(const Deployment& deployment, double rate) {
  PredictionRequest request;
  request.deployment = deployment;
  request.prompt_tokens = 1000.0;
  request.output_tokens = 200.0;
  request.rate = rate;
  return request;
}

/// Sustained requests/s, from the error that asks for too many.
double capacity_of(PredictionRequest request) {
  request.rate = 1e-6;
  const Result<Prediction> slow = predict(request);
  return slow ? slow->capacity : 0.0;
}

TEST(OpenLoop, ByHandAtOneSlot) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu);
  d.max_num_seqs = 1;
  // Alone, in s: T_pre(1000) and 199 steps (tests/perf/predict_test.cpp does the same sums).
  const double prefill = 26.25e-3 + 0.25 * 2.5e-3 + 0.32e-3 + 2.5e-5 + 1.121e-3;
  const double step = 2.5e-3 + 0.25 * 51 * 2.5e-5 + 1100 * 2e-8 + 2.5e-5 + 1.101e-3;
  const double service = prefill + 199 * step;
  const double rate = 0.5 / service;
  const Prediction p = *predict(request_on(d, rate));
  EXPECT_NEAR(p.capacity, 1.0 / service, 1e-9);
  EXPECT_NEAR(p.utilization, 0.5, 1e-9);
  EXPECT_NEAR(p.wait_s, service, 1e-9) << "M/M/1 at one half: rho S / (1 - rho)";
  EXPECT_NEAR(p.ttft_s, p.wait_s + 10e-3 + prefill + step, 1e-9);
  EXPECT_NEAR(p.tpot_s, step, 1e-12);
  EXPECT_EQ(p.batch, 1.0);
  EXPECT_EQ(p.throughput, rate);
}

TEST(OpenLoop, LittlesLawHolds) {
  Random random(41);
  int predicted = 0;
  testing::for_each_builtin_deployment([&](const Deployment& deployment) {
    PredictionRequest request = request_on(deployment, 0.0);
    request.prompt_tokens = std::floor(1.0 + 1500.0 * random.uniform());
    request.output_tokens = std::floor(1.0 + 500.0 * random.uniform());
    request.prefix_reuse = random.uniform();
    const double capacity = capacity_of(request);
    if (capacity <= 0.0) return;  // not one fits
    request.rate = capacity * (0.02 + 0.97 * random.uniform());
    const Result<Prediction> result = predict(request);
    ASSERT_TRUE(result.ok()) << testing::name_of(deployment) << to_string(result.errors().front());
    const Prediction& p = *result;
    ++predicted;
    ASSERT_NEAR(p.capacity, capacity, 1e-12 * capacity);
    ASSERT_NEAR(p.utilization, request.rate / capacity, 1e-12);
    ASSERT_EQ(p.throughput, request.rate);
    // In a slot a request spends all but the wait for it, admission and the way out. An arrival
    // finds as many others as run on average, until the slots are full.
    const double in_slot = p.e2e_s - p.wait_s - p.admission_s - p.streaming_s;
    const double others = request.rate * in_slot;
    const double slots = std::floor(p.max_batch);
    if (p.batch < slots) {
      ASSERT_NEAR(others, p.batch - 1.0, 1e-6 * p.batch) << testing::name_of(deployment);
    } else {
      ASSERT_GE(others, slots - 1.0 - 1e-6 * slots) << testing::name_of(deployment);
      ASSERT_LT(others, slots * (1.0 + 1e-9)) << testing::name_of(deployment);
    }
    ASSERT_GE(p.batch, 1.0);
    ASSERT_LE(p.batch, slots);
  });
  EXPECT_GT(predicted, 5000);
}

TEST(OpenLoop, EverythingGrowsWithTheRate) {
  const Deployment d = testing::deploy_builtin("llama-3.1-8b", "h100-sxm");
  const double capacity = capacity_of(request_on(d, 0.0));
  Prediction last = *predict(request_on(d, 0.01 * capacity));
  EXPECT_LT(last.wait_s, 1e-6) << "hundreds of slots are free";
  for (double share = 0.1; share < 0.995; share += 0.05) {
    const Prediction p = *predict(request_on(d, share * capacity));
    EXPECT_GT(p.batch, last.batch);
    EXPECT_GE(p.wait_s, last.wait_s);
    EXPECT_GT(p.tpot_s, last.tpot_s);
    EXPECT_GT(p.ttft_s, last.ttft_s);
    EXPECT_GT(p.e2e_s, last.e2e_s);
    EXPECT_EQ(p.capacity, last.capacity);
    last = p;
  }
  const Prediction full = *predict(request_on(d, 0.999 * capacity));
  EXPECT_GT(full.wait_s, 2.0 * last.wait_s);
  EXPECT_GT(full.wait_s, 0.1);
}

TEST(OpenLoop, IsTheClosedLoopSeenFromTheOtherSide) {
  // A loop of B clients and arrivals at its rate keep about as many running.
  const Deployment d = testing::deploy_builtin("llama-3.1-8b", "h100-sxm");
  PredictionRequest loop = request_on(d, 0.0);
  loop.batch = 64.0;
  const Prediction closed = *predict(loop);
  const Prediction open = *predict(request_on(d, closed.throughput));
  EXPECT_NEAR(open.tpot_s, closed.tpot_s, 0.03 * closed.tpot_s);
  EXPECT_NEAR(open.batch, 64.0, 3.0);
}

TEST(OpenLoop, MoreThanAReplicaSustainsIsAnError) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const Deployment d = deploy(model, gpu);
  const double capacity = capacity_of(request_on(d, 0.0));
  ASSERT_GT(capacity, 0.0);
  EXPECT_TRUE(predict(request_on(d, capacity * (1.0 - 1e-9))).ok());
  for (const double share : {1.0, 1.5, 2.5}) {
    const Result<Prediction> result = predict(request_on(d, share * capacity));
    ASSERT_FALSE(result.ok()) << share;
    EXPECT_EQ(result.errors().front().code, ErrorCode::kInfeasible);
    EXPECT_EQ(result.errors().front().where, "--rate");
    EXPECT_THAT(result.errors().front().message, HasSubstr("more than one replica sustains"));
  }
  EXPECT_THAT(predict(request_on(d, 2.5 * capacity)).errors().front().suggestion,
              HasSubstr("3 replicas"));
}

TEST(OpenLoop, ATargetLimitsTheSlotsAndSoTheRate) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  PredictionRequest request = request_on(deploy(model, gpu), 0.0);
  const double unlimited = capacity_of(request);
  request.tpot = Seconds(8e-3);
  const double limited = capacity_of(request);
  EXPECT_LT(limited, unlimited);
  request.rate = 0.95 * limited;
  const Prediction p = *predict(request);
  EXPECT_LE(p.tpot_s, 8e-3);
  request.rate = 1.05 * limited;
  EXPECT_FALSE(predict(request).ok());
}

TEST(OpenLoop, RatesThatAreNone) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  for (const double rate :
       {-1.0, std::numeric_limits<double>::infinity(), std::numeric_limits<double>::quiet_NaN()}) {
    const Result<Prediction> result = predict(request_on(deploy(model, gpu), rate));
    ASSERT_FALSE(result.ok()) << rate;
    EXPECT_EQ(result.errors().front().where, "--rate");
  }
}

}  // namespace
}  // namespace berth
