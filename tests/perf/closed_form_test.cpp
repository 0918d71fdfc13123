// max_batch_for_tpot against its definition and against bisection.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::for_each_builtin_deployment;
using testing::round_gpu;
using testing::round_mixture;
using testing::round_model;

double by_bisection(const Iteration& iteration, double tpot) {
  if (iteration.seconds(1.0) > tpot) return 0.0;
  double low = 1.0;
  double high = 2.0;
  while (iteration.seconds(high) <= tpot) high *= 2.0;
  for (int step = 0; step < 200; ++step) {
    const double middle = 0.5 * (low + high);
    (iteration.seconds(middle) <= tpot ? low : high) = middle;
  }
  return low;
}

TEST(MaxBatch, IsTheLargestBatchWithinTheTarget) {
  Random random(11);
  int found = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const double h = 1.0 * std::pow(1e5, random.uniform());
    const double f = 1.0 * std::pow(1e4, random.uniform());
    const Iteration iteration = physics.iteration(h, f, random.uniform());
    for (const double factor : {0.5, 1.0 + 1e-7, 1.05, 1.5, 4.0, 40.0}) {
      const double tpot = factor * iteration.seconds(1.0);
      const double batch = iteration.max_batch(tpot);
      if (factor < 1.0) {
        ASSERT_EQ(batch, 0.0);
        continue;
      }
      ++found;
      ASSERT_GE(batch, 1.0);
      ASSERT_LE(iteration.seconds(batch), tpot);
      ASSERT_GT(iteration.seconds(batch * (1.0 + 1e-6)), tpot)
          << d.model->name << " " << d.gpu->name << " " << batch;
      ASSERT_NEAR(batch, by_bisection(iteration, tpot), 1e-7 * batch);
    }
  });
  EXPECT_GT(found, 10000);
}

TEST(MaxBatch, ExactlyOneSequence) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  const double alone = physics.iteration_seconds(1.0, 1000.0, 100.0);
  EXPECT_EQ(physics.max_batch_for_tpot(alone, 1000.0, 100.0), 1.0);
  EXPECT_EQ(physics.max_batch_for_tpot(alone * (1.0 - 1e-9), 1000.0, 100.0), 0.0);
  EXPECT_EQ(physics.max_batch_for_tpot(0.0, 1000.0, 100.0), 0.0);
}

TEST(MaxBatch, FewerSequencesThanStages) {
  const ModelSpec model = round_model();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu, 1, 4));
  const double target = physics.iteration_seconds(2.5, 10000.0, 10.0);
  EXPECT_NEAR(physics.max_batch_for_tpot(target, 10000.0, 10.0), 2.5, 1e-6);
}

TEST(MaxBatch, UnlimitedWhenNothingGrows) {
  const Iteration nothing;
  EXPECT_TRUE(std::isinf(nothing.max_batch(1.0)));
  ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  const PhaseModel physics(deploy(model, gpu));
  EXPECT_TRUE(std::isinf(physics.max_batch_for_tpot(HUGE_VAL, 1000.0, 100.0)));
}

TEST(MaxBatch, RisesWithTheTarget) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  const Iteration iteration = PhaseModel(deploy(model, gpu, 2, 2)).iteration(2000.0, 200.0);
  double previous = 0.0;
  for (double tpot = 1e-3; tpot < 1.0; tpot *= 1.1) {
    const double batch = iteration.max_batch(tpot);
    EXPECT_GE(batch, previous);
    previous = batch;
  }
  EXPECT_GT(previous, 100.0);
}

}  // namespace
}  // namespace berth
