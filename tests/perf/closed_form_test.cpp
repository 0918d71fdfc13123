// max_batch_for_tpot against its definition, against bisection and against trying every batch.

#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::deploy;
using testing::for_each_builtin_deployment;
using testing::name_of;
using testing::round_engine;
using testing::round_gpu;
using testing::round_mixture;
using testing::round_model;

/// None for half of them, else up to as much as one sequence takes.
double spread_of(const Iteration& iteration, Random& random) {
  return std::max(0.0, 2.0 * random.uniform() - 1.0) * iteration.seconds(1.0);
}

double by_bisection(const Iteration& iteration, double tpot) {
  if (iteration.slow_seconds(1.0) > tpot) return 0.0;
  double low = 1.0;
  double high = 2.0;
  while (iteration.slow_seconds(high) <= tpot) high *= 2.0;
  for (int step = 0; step < 200; ++step) {
    const double middle = 0.5 * (low + high);
    (iteration.slow_seconds(middle) <= tpot ? low : high) = middle;
  }
  return low;
}

/// The largest whole batch up to `most` within the target, each tried.
double by_trying(const Iteration& iteration, double tpot, double most) {
  double batch = 0.0;
  while (batch < most && iteration.slow_seconds(batch + 1.0) <= tpot) batch += 1.0;
  return batch;
}

/// The definition, for a target that one sequence meets.
void expect_largest(const Iteration& iteration, double tpot, const std::string& what) {
  const double batch = iteration.max_batch(tpot);
  ASSERT_GE(batch, 1.0) << what;
  ASSERT_LE(iteration.slow_seconds(batch), tpot) << what;
  ASSERT_GT(iteration.slow_seconds(batch * (1.0 + 1e-6)), tpot) << what << " " << batch;
  ASSERT_NEAR(batch, by_bisection(iteration, tpot), 1e-7 * batch) << what;
}

TEST(MaxBatch, IsTheLargestBatchWithinTheTarget) {
  Random random(11);
  int dense = 0;
  int mixtures = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const double h = std::pow(1e5, random.uniform());
    const double f = std::pow(1e4, random.uniform());
    Iteration iteration = physics.iteration(h, f, random.uniform());
    iteration.spread = spread_of(iteration, random);
    for (const double factor : {0.5, 1.0 + 1e-7, 1.05, 1.5, 4.0, 40.0}) {
      const double tpot = factor * iteration.slow_seconds(1.0);
      if (factor < 1.0) {
        ASSERT_EQ(iteration.max_batch(tpot), 0.0);
        continue;
      }
      ++(d.model->is_moe() ? mixtures : dense);
      expect_largest(iteration, tpot, name_of(d));
    }
  });
  EXPECT_GT(dense, 10000);
  EXPECT_GT(mixtures, 5000);
}

TEST(MaxBatch, IsWhatTryingEveryBatchFinds) {
  Random random(12);
  int found = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    if (random.uniform() > 0.25) return;
    const PhaseModel physics(d);
    Iteration iteration =
        physics.iteration(1.0 + 4000.0 * random.uniform(), 1.0 + 1000.0 * random.uniform());
    iteration.spread = spread_of(iteration, random);
    constexpr double kMost = 300.0;
    for (const double target : {0.01, 0.02, 0.05, 0.1, 0.3}) {
      const double batch = std::min(kMost, std::floor(iteration.max_batch(target)));
      ASSERT_EQ(batch, by_trying(iteration, target, kMost)) << name_of(d) << " " << target;
      found += batch > 1.0 && batch < kMost ? 1 : 0;
    }
  });
  EXPECT_GT(found, 1000);
}

/// Every kind of line that can bind: ranks, floors, experts chosen alike, both regimes.
class EveryLine : public ::testing::Test {
 protected:
  /// Targets from just enough for one sequence to far beyond.
  void check(const Deployment& d, const std::string& what) {
    Iteration iteration = PhaseModel(d).iteration(1500.0, 150.0);
    check(iteration, what);
    iteration.spread = 0.05 * iteration.seconds(1.0);
    check(iteration, what + " with a spread");
  }

  void check(const Iteration& iteration, const std::string& what) {
    for (double target = iteration.slow_seconds(1.0) * 1.0001; target < 5.0; target *= 1.03) {
      expect_largest(iteration, target, what);
      count_lines(iteration, iteration.max_batch(target));
    }
  }

  void count_lines(const Iteration& it, double batch) {
    const double x = batch / it.stages;
    if (x < it.least) {
      ++below_least_;
      return;
    }
    const bool small = it.small_base + it.small_slope * x <= it.large_base + it.large_slope * x;
    ++(small ? small_ : large_);
    const bool read = it.read_base + it.read_slope * x >= it.work_base + it.work_slope * x;
    ++(read ? read_ : work_);
    if (it.decode_seconds(batch) == it.floor_s) ++floor_;
    if (it.expert_s > 0.0 && it.expert_exposed < 1.0) {
      const double all_read = it.expert_s * (1.0 - it.untouched * std::exp(-it.expert_decay * x));
      ++(all_read > it.expert_slope * x ? expert_read_ : expert_work_);
    }
  }

  int small_ = 0, large_ = 0, read_ = 0, work_ = 0;
  int below_least_ = 0, floor_ = 0, expert_read_ = 0, expert_work_ = 0;
};

TEST_F(EveryLine, OfDenseModels) {
  const ModelSpec model = round_model();
  GpuType gpu = round_gpu();
  for (const double host_layer : {0.0, 4e-4, 2e-3}) {
    EngineProfile engine = round_engine();
    engine.host_layer_s = host_layer;
    for (const int n : {1, 2, 4}) {
      for (const int m : {1, 2, 5}) {
        Deployment d = deploy(model, gpu, n, m);
        d.engine = &engine;
        check(d, name_of(d) + " floor " + std::to_string(host_layer));
      }
    }
  }
  for (const int count : {small_, large_, read_, work_, below_least_, floor_}) EXPECT_GT(count, 10);
}

TEST_F(EveryLine, OfMixtures) {
  ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  for (const double spread : {0.0, 0.1, 0.5, 1.0}) {
    for (const int active : {1, 2, 8}) {
      model.experts->active = active;
      for (const int ranks : {1, 2, 4}) {
        for (const double host_layer : {0.0, 1e-3}) {
          EngineProfile engine = round_engine();
          engine.touched_spread = spread;
          engine.host_layer_s = host_layer;
          Deployment d = deploy(model, gpu, 4 / ranks, 3);
          d.data_parallel = ranks;
          d.engine = &engine;
          check(d, name_of(d) + " spread " + std::to_string(spread) + " active " +
                       std::to_string(active));
        }
      }
    }
  }
  for (const int count :
       {small_, large_, read_, work_, below_least_, floor_, expert_read_, expert_work_}) {
    EXPECT_GT(count, 20);
  }
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

TEST(MaxBatch, FewerSequencesThanRanks) {
  const ModelSpec model = round_mixture();
  const GpuType gpu = round_gpu();
  Deployment d = deploy(model, gpu, 1, 2);
  d.data_parallel = 4;
  const PhaseModel physics(d);
  // 8 run at the step of 4 a micro-batch; only the prompts of others grow until then.
  EXPECT_EQ(physics.decode_seconds(8.0, 500.0), physics.decode_seconds(1.0, 500.0));
  const double target = physics.iteration_seconds(5.5, 10000.0, 10.0);
  EXPECT_NEAR(physics.max_batch_for_tpot(target, 10000.0, 10.0), 5.5, 1e-6);
}

TEST(MaxBatch, UnlimitedWhenNothingGrows) {
  const Iteration nothing;
  EXPECT_TRUE(std::isinf(nothing.max_batch(1.0)));
  const ModelSpec model = round_mixture();
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
