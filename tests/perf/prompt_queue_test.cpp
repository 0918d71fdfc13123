#include "berth/perf/prompt_queue.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/perf/queueing.h"

namespace berth {
namespace {

TEST(PromptWait, OfMM1) {
  for (const double load : {0.1, 0.5, 0.9}) {
    const double exact = std::max(0.0, std::log(load / 0.05)) / (1.0 - load);
    EXPECT_NEAR(prompt_wait(load, 1.0, 1.0, 0.95), exact, 1e-9 * (1.0 + exact)) << load;
    EXPECT_DOUBLE_EQ(mean_prompt_wait(load, 1.0, 1.0), load / (1.0 - load));
  }
}

TEST(PromptWait, OfGiM1) {
  // sigma = E[exp(-(1 - sigma) T)] with Gamma gaps T: P(W > t) = sigma exp(-(1 - sigma) t).
  for (const double variability : {0.3, 2.0, 8.0}) {
    const double load = 0.6;
    double sigma = 0.5;
    for (int k = 0; k < 2000; ++k) {
      sigma = std::pow(1.0 + (1.0 - sigma) * variability / load, -1.0 / variability);
    }
    // Arrivals that are smoother than Poisson's: the load is an upper bound on who waits.
    const double waits = std::max(load, sigma);
    const double exact = std::max(0.0, std::log(waits / 0.05)) / (1.0 - sigma);
    EXPECT_NEAR(prompt_wait(load, variability, 1.0, 0.95), exact, 1e-6 * exact) << variability;
  }
}

/// Wait at the percentile by Lindley's recursion.
double simulated_wait(double load, double arrivals, double prompts, double percentile) {
  Random random(5);
  const auto gamma = [&](double variation) {
    return variation <= 0.0 ? 1.0 : random.gamma(1.0 / variation) * variation;
  };
  std::vector<double> waits;
  double wait = 0.0;
  for (int k = 0; k < 400'000; ++k) {
    waits.push_back(wait);
    wait = std::max(0.0, wait + gamma(prompts) - gamma(arrivals) / load);
  }
  const auto at = waits.begin() + static_cast<std::ptrdiff_t>(percentile * 400'000);
  std::nth_element(waits.begin(), at, waits.end());
  return *at;
}

TEST(PromptWait, AgreesWithLindleysRecursion) {
  for (const double load : {0.3, 0.6, 0.85}) {
    for (const double arrivals : {0.5, 1.0, 4.0}) {
      for (const double prompts : {0.0, 0.5, 2.0}) {
        const double simulated = simulated_wait(load, arrivals, prompts, 0.95);
        const double formula = prompt_wait(load, arrivals, prompts, 0.95);
        const auto what = [&] {
          return ::testing::Message() << load << " " << arrivals << " " << prompts;
        };
        EXPECT_GE(formula, 0.85 * simulated - 0.35) << what();
        // Few and very different prompts: their tail begins later than the bound says.
        EXPECT_LE(formula, (prompts > 1.0 ? 1.6 : 1.15) * simulated + 0.35) << what();
      }
    }
  }
}

TEST(PromptQueue, TheTableFollowsTheCurveAndItsInverseFits) {
  Random random(3);
  double worst = 0.0;
  for (int k = 0; k < 300; ++k) {
    const double arrivals = 8.0 * random.uniform();
    const double prompts = 4.0 * random.uniform();
    const double percentile = 0.5 + 0.49 * random.uniform();
    const PromptQueue queue(arrivals, prompts, percentile);
    for (const double load : {0.05, 0.4, 0.77, 0.95}) {
      const double exact = prompt_wait(load, arrivals, prompts, percentile);
      const double looked_up = queue.wait(load);
      worst = std::max(worst, std::abs(looked_up - exact) / (1.0 + exact));
      const double back = queue.max_load(looked_up);
      EXPECT_GE(back, load - 1e-9);
      EXPECT_LE(queue.wait(back), looked_up * (1.0 + 1e-9) + 1e-12);
    }
  }
  EXPECT_LE(worst, 0.02);
}

TEST(PromptQueues, BetweenTheTablesOfEachNumberOfReplicas) {
  const PromptQueues queues(9.0, 2.0, 0.95);
  for (const double wait : {0.5, 3.0, 20.0}) {
    EXPECT_EQ(queues.max_load(wait, 1.0), PromptQueue(9.0, 2.0, 0.95).max_load(wait));
    EXPECT_NEAR(queues.max_load(wait, 4.0), PromptQueue(3.0, 2.0, 0.95).max_load(wait), 1e-12);
    EXPECT_NEAR(queues.max_load(wait, 1e9), PromptQueue(1.0, 2.0, 0.95).max_load(wait), 1e-6);
    double before = 0.0;
    for (double replicas = 1.0; replicas < 200.0; replicas *= 1.07) {
      const double load = queues.max_load(wait, replicas);
      EXPECT_GE(load, before) << replicas;
      // More demand never needs fewer replicas.
      EXPECT_LE(before * 1.0, load * 1.07) << replicas;
      before = load;
      EXPECT_NEAR(queues.wait(load, replicas), wait, 1e-6 * wait) << replicas;
      // Between two tables the line lies near the curve.
      const PromptQueue exact(thinned(9.0, replicas), 2.0, 0.95);
      EXPECT_NEAR(load, exact.max_load(wait), 0.03) << replicas;
    }
  }
  EXPECT_EQ(queues.wait(0.0, 3.0), 0.0);
  EXPECT_EQ(PromptQueues().max_load(1.0, 5.0), kMaxUtilization);
}

TEST(PromptQueue, EdgesOfTheDomain) {
  EXPECT_EQ(PromptQueue().max_load(0.0), kMaxUtilization);
  EXPECT_EQ(PromptQueue().wait(0.7), 0.0);
  const PromptQueue clockwork(0.0, 0.0, 0.95);
  EXPECT_EQ(clockwork.wait(0.9), 0.0);
  EXPECT_EQ(clockwork.max_load(0.0), kMaxUtilization);
  const PromptQueue queue(1.0, 1.0, 0.95);
  EXPECT_EQ(queue.max_load(1e9), kMaxUtilization);
  EXPECT_TRUE(std::isinf(queue.wait(0.99)));
  EXPECT_GT(queue.max_load(0.0), 0.04) << "one in twenty may wait";
  EXPECT_NEAR(queue.max_load(0.0), 0.05, 1e-6);
}

}  // namespace
}  // namespace berth
