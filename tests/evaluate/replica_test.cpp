// The replica that leaps against the one that goes token by token: the same times to 1e-9.

#include "berth/evaluate/simulation/replica.h"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "berth/catalog/catalog.h"
#include "berth/core/random.h"
#include "tests/evaluate/naive_replica.h"

namespace berth {
namespace {

struct Case {
  const char* model;
  const char* gpu;
  int tp;
  int pp;
  int max_num_seqs;
  int token_budget;
  double rate;
  std::uint32_t longest_prompt;
  std::uint32_t longest_output;
  double capacity;        ///< of the cache, as a part of what the GPU has
  bool crowded = false;   ///< requests start over
  double host_layer = 0;  ///< s: a step takes at least so much for each layer
};

class ReplicaAgainstNaive : public ::testing::TestWithParam<Case> {};

std::vector<SimulatedRequest> requests_of(const Case& c, std::uint64_t seed, std::size_t count) {
  Random random(seed);
  std::vector<SimulatedRequest> requests;
  double time = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    time += random.exponential() / c.rate;
    SimulatedRequest request;
    request.arrival = time;
    request.prompt = 1 + static_cast<std::uint32_t>(random.below(c.longest_prompt));
    request.output = 1 + static_cast<std::uint32_t>(random.below(c.longest_output));
    request.reused = random.below(3) == 0 ? request.prompt / 2 : 0;
    requests.push_back(request);
  }
  return requests;
}

void expect_same_times(std::vector<FinishedRequest> log, std::vector<test::Served> served,
                       double admission) {
  const auto order = [](const auto& a, const auto& b) { return a.arrival < b.arrival; };
  std::sort(log.begin(), log.end(), order);
  std::sort(served.begin(), served.end(),
            [](const auto& a, const auto& b) { return a.request.arrival < b.request.arrival; });
  for (std::size_t k = 0; k < log.size(); ++k) {
    EXPECT_NEAR(log[k].first_token - admission, served[k].first,
                1e-9 * std::max(1.0, served[k].first));
    EXPECT_NEAR(log[k].end - admission, served[k].end, 1e-9 * std::max(1.0, served[k].end));
  }
}

TEST_P(ReplicaAgainstNaive, GivesTheSameTimes) {
  const Case& c = GetParam();
  const Result<Catalog> catalog = load_builtin_catalog();
  ASSERT_TRUE(catalog.ok());
  Deployment deployment;
  const auto model_id = catalog->find_model(c.model);
  const auto gpu_id = catalog->find_gpu(c.gpu);
  ASSERT_TRUE(model_id && gpu_id);
  deployment.model = &catalog->models()[model_id->index()];
  deployment.gpu = &catalog->gpus()[gpu_id->index()];
  deployment.engine = catalog->find_engine("vllm", *deployment.gpu);
  ASSERT_NE(deployment.engine, nullptr);
  EngineProfile engine = *deployment.engine;
  engine.host_layer_s = c.host_layer;
  deployment.engine = &engine;
  deployment.tensor_parallel = c.tp;
  deployment.pipeline_parallel = c.pp;
  deployment.memory_utilization = c.capacity;
  EngineLimits limits;
  limits.max_num_seqs = c.max_num_seqs;
  limits.max_num_batched_tokens = c.token_budget;
  const StepModel model(deployment, limits);

  std::vector<FinishedRequest> log;
  std::vector<RouteRecorder> routes;
  routes.emplace_back(LatencyLimits{}, RecordedTime{});
  routes.front().log_to(&log);
  OccupancyTimeline timeline{RecordedTime{}};
  Replica fast(model, routes, timeline, 1'000'000);
  test::NaiveReplica naive(model);
  std::size_t refused = 0;
  for (const SimulatedRequest& request : requests_of(c, 7, 400)) {
    fast.advance(request.arrival);
    if (!fast.submit(request, request.arrival)) {
      ++refused;
      continue;
    }
    naive.run_until(request.arrival);
    naive.submit(request);
  }
  fast.advance(1e9);
  naive.run_until(1e9);

  ASSERT_EQ(log.size() + refused, 400U);
  ASSERT_EQ(naive.served.size(), log.size());
  expect_same_times(std::move(log), std::move(naive.served), model.admission_s());
  EXPECT_EQ(fast.counts().preempted, naive.preempted);
  EXPECT_EQ(fast.counts().preempted > 0, c.crowded);
  EXPECT_EQ(fast.counts().steps, naive.passes);
  EXPECT_LT(fast.counts().leaps + fast.counts().passes, naive.passes);
  EXPECT_EQ(fast.blocks_used(), 0.0);
  EXPECT_EQ(fast.load(), 0U);
}

INSTANTIATE_TEST_SUITE_P(
    Engines, ReplicaAgainstNaive,
    ::testing::Values(
        Case{"llama-3.1-8b", "h100-sxm", 1, 1, 64, 8192, 8.0, 3000, 400, 0.9},
        // The host is slower than the GPU until contexts have grown.
        Case{"llama-3.1-8b", "h100-sxm", 1, 1, 64, 8192, 4.0, 3000, 1500, 0.9, false, 260e-6},
        Case{"llama-3.1-8b", "h100-sxm", 1, 1, 256, 512, 20.0, 4000, 300, 0.9},
        Case{"llama-3.1-8b", "a100-40gb", 1, 1, 256, 2048, 30.0, 2000, 1500, 0.52, true},
        Case{"llama-3.1-8b", "l40s", 1, 2, 32, 8192, 6.0, 2000, 300, 0.9},
        // Windows: layers that look and hold less.
        Case{"gpt-oss-20b", "h100-sxm", 1, 1, 128, 8192, 25.0, 1500, 600, 0.9},
        Case{"mixtral-8x7b", "a100-80gb", 4, 1, 64, 4096, 8.0, 3000, 300, 0.9}));

}  // namespace
}  // namespace berth
