// Degenerate engines are queues that have closed forms.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/evaluate/simulation/replica.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

constexpr double kEndless = 1e15;  // blocks

struct Measured {
  double mean_wait = 0.0;
  double waited = 0.0;       ///< share that waited at all
  double in_system = 0.0;    ///< by the timeline
  double mean_system = 0.0;  ///< time
  double rate = 0.0;
};

/// `tokens` draws prompt and output of a request.
template <class Draw>
Measured run(const StepModel& model, double rate, std::size_t count, const Draw& draw,
             double service_per_prompt, double service_per_output) {
  std::vector<FinishedRequest> log;
  std::vector<RouteRecorder> routes;
  routes.emplace_back(LatencyLimits{}, RecordedTime{});
  routes.front().log_to(&log);
  OccupancyTimeline timeline{RecordedTime{}};
  Replica replica(model, routes, timeline, count);
  Random random(11);
  double time = 0.0;
  double work = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    time += random.exponential() / rate;
    SimulatedRequest request = draw(random);
    request.arrival = time;
    work += request.prompt * service_per_prompt + (request.output - 1) * service_per_output;
    replica.advance(time);
    replica.submit(request, time);
  }
  replica.advance(1e18);
  Measured measured;
  double system = 0.0;
  for (const FinishedRequest& r : log) system += r.end - r.arrival;
  const auto n = static_cast<double>(log.size());
  EXPECT_EQ(log.size(), count);
  measured.mean_system = system / n;
  measured.mean_wait = (system - work) / n;
  const Occupancy all = timeline.total();
  measured.in_system = (all.running + all.waiting) / replica.clock();
  measured.rate = n / replica.clock();
  return measured;
}

StepModel server(double per_prompt_token, double step, int slots) {
  EngineLimits limits;
  limits.max_num_seqs = slots;
  limits.max_num_batched_tokens = 2'000'000'000;
  return StepModel::constant(step, per_prompt_token, kEndless, limits);
}

TEST(QueueingLaws, OneServerExponentialService) {
  const double mean = 1e5;  // tokens, so that whole ones are as good as any
  const StepModel model = server(1.0 / mean, 0.0, 1);
  const double rho = 0.7;
  const Measured m = run(
      model, rho, 400'000,
      [&](Random& random) {
        SimulatedRequest r;
        r.prompt = 1 + static_cast<std::uint32_t>(mean * random.exponential());
        return r;
      },
      1.0 / mean, 0.0);
  EXPECT_NEAR(m.mean_wait, rho / (1.0 - rho), 0.04 * rho / (1.0 - rho));
}

TEST(QueueingLaws, OneServerConstantService) {
  const StepModel model = server(1e-3, 0.0, 1);
  const double rho = 0.8;
  const Measured m = run(
      model, rho, 400'000,
      [](Random&) {
        SimulatedRequest r;
        r.prompt = 1000;
        return r;
      },
      1e-3, 0.0);
  EXPECT_NEAR(m.mean_wait, rho / (2.0 * (1.0 - rho)), 0.03 * rho / (2.0 * (1.0 - rho)));
}

TEST(QueueingLaws, SeveralSlotsExponentialService) {
  const int slots = 8;
  const double mean = 1000.0;  // output tokens
  const double step = 1.0 / mean;
  const StepModel model = server(0.0, step, slots);
  const double rho = 0.85;
  const Measured m = run(
      model, rho * slots, 400'000,
      [&](Random& random) {
        SimulatedRequest r;
        r.output = 1 + static_cast<std::uint32_t>(mean * random.exponential());
        return r;
      },
      0.0, step);
  const double expected = erlang_c(slots, rho) / (slots * (1.0 - rho));
  // A request that comes within a step waits for its end: half a step, and up to one more for
  // slots.
  EXPECT_NEAR(m.mean_wait, expected, 0.05 * expected + 1.5 * step);
}

TEST(QueueingLaws, LittlesLaw) {
  for (const int slots : {1, 4, 32}) {
    const StepModel model = server(2e-5, 4e-3, slots);
    const Measured m = run(
        model, slots * 0.9, 50'000,
        [](Random& random) {
          SimulatedRequest r;
          r.prompt = 1 + static_cast<std::uint32_t>(random.below(2000));
          r.output = 1 + static_cast<std::uint32_t>(random.below(400));
          return r;
        },
        0.0, 0.0);
    EXPECT_NEAR(m.in_system, m.rate * m.mean_system, 1e-6 * m.in_system) << slots;
  }
}

}  // namespace
}  // namespace berth
