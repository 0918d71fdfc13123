// Whole runs: nothing is lost, whatever fails; the same seed gives the same result.

#include "berth/evaluate/simulation/simulate.h"

#include <gtest/gtest.h>

#include "berth/core/random.h"

namespace berth {
namespace {

/// Poisson arrivals of two classes.
class TwoClasses final : public Arrivals {
 public:
  TwoClasses(double rate, double duration_s, std::uint64_t seed)
      : random_(seed), rate_(rate), duration_s_(duration_s) {}

  Status next(std::vector<Arrival>& block) override {
    block.clear();
    while (block.size() < 100) {
      time_ += random_.exponential() / rate_;
      if (time_ > duration_s_) break;
      Arrival a;
      a.time = time_;
      a.query_class = static_cast<std::uint32_t>(random_.below(2));
      a.prompt = 1 + static_cast<std::uint32_t>(random_.below(1000));
      a.output = 1 + static_cast<std::uint32_t>(random_.below(200));
      block.push_back(a);
    }
    return Ok{};
  }

 private:
  Random random_;
  double rate_;
  double duration_s_;
  double time_ = 0.0;
};

SimulatedPlan sample_plan() {
  EngineLimits limits;
  limits.max_num_seqs = 16;
  SimulatedPlan plan;
  plan.deployments.push_back({"a", "east", 3, StepModel::constant(0.01, 1e-5, 2000, limits)});
  plan.deployments.push_back({"b", "west", 2, StepModel::constant(0.02, 2e-5, 2000, limits)});
  plan.classes.push_back({"chat", {0.5, 0.05, 1e300}, 0.95, 0.0, 10.0, 0.0});
  plan.classes.push_back({"batch", {1e300, 1e300, 60.0}, 0.95, 0.0, 10.0, 0.1});
  plan.routes = {{0, 0, 0.7}, {0, 1, 0.3}, {1, 0, 0.2}, {1, 1, 0.7}};
  return plan;
}

Result<SimulationReport> run(const SimulatedPlan& plan, const SimulationOptions& options,
                             double rate = 20.0, int replications = 1) {
  return simulate(
      plan,
      [&](int k) -> Result<std::unique_ptr<Arrivals>> {
        return std::unique_ptr<Arrivals>(
            std::make_unique<TwoClasses>(rate, 600.0, options.seed + static_cast<unsigned>(k)));
      },
      replications, options);
}

void expect_nothing_lost(const SimulationReport& report) {
  for (const ClassReport& c : report.classes) {
    EXPECT_EQ(c.requests.arrived, c.requests.served + c.requests.queued + c.requests.dropped)
        << c.name;
  }
  std::uint64_t served = 0;
  for (const DeploymentReport& d : report.deployments) served += d.requests.served;
  EXPECT_EQ(report.requests.served, served);
}

TEST(Simulate, SharesAreKept) {
  const Result<SimulationReport> report = run(sample_plan(), {});
  ASSERT_TRUE(report.ok());
  expect_nothing_lost(*report);
  const ClassReport& chat = report->classes[0];
  const ClassReport& batch = report->classes[1];
  EXPECT_EQ(chat.requests.dropped, 0U);
  EXPECT_NEAR(static_cast<double>(batch.requests.dropped),
              0.1 * static_cast<double>(batch.requests.arrived), 100.0);
  EXPECT_TRUE(batch.slo_met);
  EXPECT_GT(chat.latency.ttft.p99.value, chat.latency.ttft.p50.value);
  EXPECT_GT(report->deployments[0].utilization, 0.0);
  EXPECT_LE(report->deployments[0].utilization, 1.0);
}

TEST(Simulate, FailuresLoseNothing) {
  for (const Balancing balancing :
       {Balancing::kRandom, Balancing::kRoundRobin, Balancing::kLeastLoaded, Balancing::kPrefix}) {
    SimulationOptions options;
    options.balancing = balancing;
    options.failures = {{100.0, 2, "", 60.0}, {200.0, 0, "east", 50.0}, {220.0, 5, "", 30.0}};
    const Result<SimulationReport> report = run(sample_plan(), options);
    ASSERT_TRUE(report.ok());
    expect_nothing_lost(*report);
    // At 220 s nobody is left: what comes is dropped.
    EXPECT_GT(report->classes[0].requests.dropped, 0U);
    EXPECT_EQ(report->requests.queued, 0U);
  }
}

TEST(Simulate, WithOneReplicaDownTheOthersShareItsRequests) {
  for (const Balancing balancing :
       {Balancing::kRandom, Balancing::kRoundRobin, Balancing::kLeastLoaded, Balancing::kPrefix}) {
    SimulatedPlan plan = sample_plan();
    plan.deployments[0].replicas = 4;
    plan.deployments[1].replicas = 4;
    SimulationOptions options;
    options.balancing = balancing;
    options.failures = {{0.5, 1, "east", 1e6}, {0.5, 1, "west", 1e6}};
    const Result<SimulationReport> failed = run(plan, options, 20.0);
    plan.deployments[0].replicas = 3;
    plan.deployments[1].replicas = 3;
    options.failures.clear();
    const Result<SimulationReport> fewer = run(plan, options, 20.0);
    ASSERT_TRUE(failed.ok() && fewer.ok());
    const double expected = fewer->classes[0].latency.ttft.p95.value;
    EXPECT_NEAR(failed->classes[0].latency.ttft.p95.value, expected, 0.25 * expected);
  }
}

TEST(Simulate, FewRequestsProveNothing) {
  SimulationOptions options;
  options.warmup_s = 0.5;
  SimulatedPlan plan = sample_plan();
  for (SimulatedClass& c : plan.classes) c.limits = {100.0, 100.0, 100.0};
  plan.classes[1].unmet = 0.0;
  const Result<SimulationReport> many = run(plan, options, 2.0);
  const Result<SimulationReport> few = run(plan, options, 0.1);
  ASSERT_TRUE(many.ok() && few.ok());
  EXPECT_TRUE(many->classes[0].proven);
  EXPECT_TRUE(few->classes[0].slo_met);
  EXPECT_FALSE(few->classes[0].proven) << few->classes[0].latency.measured;
}

TEST(Simulate, WhatIsLostKeepsNoLimit) {
  SimulationOptions options;
  options.failures = {{300.0, 0, "east", 1e6}, {300.0, 0, "west", 1e6}};
  const Result<SimulationReport> report = run(sample_plan(), options);
  ASSERT_TRUE(report.ok());
  EXPECT_NEAR(report->classes[0].latency.attainment.value, 0.5, 0.1) << "half of it was lost";
  EXPECT_FALSE(report->classes[0].slo_met);
}

TEST(Simulate, NothingMeasuredIsAnError) {
  SimulationOptions options;
  options.warmup_s = 1000.0;
  const Result<SimulationReport> report = run(sample_plan(), options);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.errors().front().code, ErrorCode::kOutOfRange);
}

TEST(Simulate, WhatThePlanRefusesDoesNotGrowWithFailures) {
  SimulationOptions options;
  options.failures = {{1.0, 0, "west", 1000.0}};
  const Result<SimulationReport> report = run(sample_plan(), options);
  ASSERT_TRUE(report.ok());
  const ClassReport& batch = report->classes[1];
  EXPECT_NEAR(static_cast<double>(batch.refused), 0.1 * static_cast<double>(batch.requests.arrived),
              120.0);
}

TEST(Simulate, AClassWhoseRequestsAreAllLostMeetsNothing) {
  SimulatedPlan plan = sample_plan();
  plan.routes.resize(2);  // nobody serves the second class
  const Result<SimulationReport> report = run(plan, {});
  ASSERT_TRUE(report.ok());
  expect_nothing_lost(*report);
  EXPECT_FALSE(report->classes[1].slo_met);
  EXPECT_FALSE(report->classes[1].proven);
}

TEST(Simulate, OverloadEndsWithAReport) {
  SimulationOptions options;
  options.drain_s = 10.0;
  options.longest_queue = 5000;
  const Result<SimulationReport> report = run(sample_plan(), options, 400.0);
  ASSERT_TRUE(report.ok());
  expect_nothing_lost(*report);
  EXPECT_GT(report->requests.queued, 0U);
  EXPECT_GT(report->requests.dropped, 0U);
  EXPECT_FALSE(report->classes[0].slo_met);
  // Means are those of the measured time, not of what it took to empty the queues.
  for (const DeploymentReport& d : report->deployments) {
    EXPECT_NEAR(d.utilization, 1.0, 0.01) << d.name;
    EXPECT_NEAR(d.mean_running, 16.0, 0.5) << d.name;
  }
}

TEST(Simulate, TheSameAtAnyNumberOfThreads) {
  SimulationOptions options;
  options.failures = {{100.0, 1, "", 60.0}};
  options.threads = 1;
  const Result<SimulationReport> one = run(sample_plan(), options, 30.0, 5);
  options.threads = 4;
  const Result<SimulationReport> four = run(sample_plan(), options, 30.0, 5);
  ASSERT_TRUE(one.ok() && four.ok());
  EXPECT_EQ(one->requests.served, four->requests.served);
  EXPECT_EQ(one->events, four->events);
  for (std::size_t c = 0; c < one->classes.size(); ++c) {
    EXPECT_EQ(one->classes[c].latency.e2e.mean.value, four->classes[c].latency.e2e.mean.value);
    EXPECT_EQ(one->classes[c].latency.ttft.p95.half, four->classes[c].latency.ttft.p95.half);
  }
}

TEST(Simulate, IntervalsHoldTheTruth) {
  // The mean of many runs lies in the interval of one about as often as it says.
  const SimulatedPlan plan = sample_plan();
  SimulationOptions options;
  options.seed = 1000;
  const Result<SimulationReport> truth = run(plan, options, 20.0, 40);
  ASSERT_TRUE(truth.ok());
  const double expected = truth->classes[0].latency.ttft.mean.value;
  int inside = 0;
  constexpr int kRuns = 40;
  for (int k = 0; k < kRuns; ++k) {
    options.seed = 1 + static_cast<std::uint64_t>(k);
    const Result<SimulationReport> one = run(plan, options, 20.0);
    const Estimate& mean = one->classes[0].latency.ttft.mean;
    inside += std::abs(mean.value - expected) <= mean.half ? 1 : 0;
  }
  EXPECT_GE(inside, 33);
}

TEST(Simulate, NobodyCame) {
  const Result<SimulationReport> report = run(sample_plan(), {}, 1e-9);
  ASSERT_FALSE(report.ok());
  EXPECT_EQ(report.errors().front().code, ErrorCode::kMissing);
}

}  // namespace
}  // namespace berth
