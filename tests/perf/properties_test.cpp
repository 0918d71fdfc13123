// What must hold for every deployment of the catalog, whatever its coefficients: signs, order, and
// how the parts fit together. roofline_test.cpp holds what no coefficient may beat.

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/perf/predict.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::for_each_builtin_deployment;
using testing::name_of;

constexpr double kRounding = 1.0 + 1e-12;

double log_uniform(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

/// One random request on a deployment.
struct Draw {
  explicit Draw(Random& random)
      : prompt(log_uniform(random, 1.0, 1e5)),
        output(log_uniform(random, 1.0, 1e4)),
        batch(log_uniform(random, 1.0, 1e3)),
        reuse(random.uniform() < 0.5 ? 0.0 : random.uniform()),
        more(1.0 + random.uniform()) {}

  double prompt;
  double output;
  double batch;
  double reuse;
  double more;  ///< 1..2
};

double e2e_of(const PhaseModel& physics, const Draw& r) {
  const PromptTime prompt = physics.prompt_time(r.prompt, r.reuse);
  const Iteration iteration =
      physics.iteration_with(prompt.mixed, {r.output, r.prompt + 0.5 * r.output, 0.0});
  const double step = iteration.decode_seconds(r.batch);
  return physics.first_token_seconds(prompt, step, r.batch, r.output) +
         (r.output - 1.0) * iteration.seconds(r.batch);
}

void expect_finite(const PassTerms& terms, const Deployment& d) {
  for (const KernelTime& kernel : {terms.matrices, terms.experts, terms.attention}) {
    for (const double part : {kernel.read, kernel.work, kernel.exposed}) {
      ASSERT_TRUE(std::isfinite(part) && part >= 0.0) << name_of(d);
    }
    ASSERT_LE(kernel.exposed, 1.0) << name_of(d);
  }
  for (const double term :
       {terms.head, terms.all_reduce, terms.hand_over, terms.fixed, terms.floor}) {
    ASSERT_TRUE(std::isfinite(term) && term >= 0.0) << name_of(d);
  }
  ASSERT_GT(terms.matrices.read, 0.0) << name_of(d);
  ASSERT_GT(terms.total(), 0.0) << name_of(d);
}

TEST(Properties, TermsAreFiniteAndNotNegative) {
  Random random(1);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Draw r(random);
    expect_finite(physics.prefill(r.prompt, r.reuse), d);
    expect_finite(physics.decode(r.batch, r.prompt), d);
    ASSERT_GT(physics.kv_capacity_tokens(), 0.0) << name_of(d);
    ASSERT_EQ(physics.prefill(r.prompt).experts.read > 0.0, d.model->is_moe()) << name_of(d);
  });
}

TEST(Properties, TimeRisesWithTokensBatchAndContext) {
  Random random(3);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Draw r(random);
    ASSERT_LE(physics.prefill_seconds(r.prompt, r.reuse),
              physics.prefill_seconds(r.prompt * r.more, r.reuse) * kRounding)
        << name_of(d);
    ASSERT_LE(physics.prompt_time(r.prompt, r.reuse).mixed,
              physics.prompt_time(r.prompt * r.more, r.reuse).mixed * kRounding)
        << name_of(d) << " " << r.prompt;
    ASSERT_LE(physics.decode_seconds(r.batch, r.prompt),
              physics.decode_seconds(r.batch * r.more, r.prompt) * kRounding)
        << name_of(d);
    ASSERT_LE(physics.decode_seconds(r.batch, r.prompt),
              physics.decode_seconds(r.batch, r.prompt * r.more) * kRounding)
        << name_of(d);
    const Iteration iteration = physics.iteration(r.prompt, r.output, r.reuse);
    ASSERT_LE(iteration.seconds(r.batch), iteration.seconds(r.batch * r.more) * kRounding);
    ASSERT_LE(iteration.seconds(r.batch),
              physics.iteration_seconds(r.batch, r.prompt * r.more, r.output, r.reuse) * kRounding)
        << name_of(d);
    // A cache hit saves computing, and costs reading what was cached.
    const double reading = 0.9 * r.prompt * d.data_parallel * physics.coefficients().kv_per_token;
    ASSERT_LE(physics.prefill_seconds(r.prompt, 0.9),
              (physics.prefill_seconds(r.prompt, 0.0) + reading) * kRounding)
        << name_of(d) << " " << r.prompt;
  });
}

TEST(Properties, ARequestTakesLongerWithEachOfItsSizes) {
  Random random(4);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Draw r(random);
    const double base = e2e_of(physics, r);
    for (double Draw::*size : {&Draw::prompt, &Draw::output, &Draw::batch}) {
      Draw larger = r;
      larger.*size *= r.more;
      ASSERT_LE(base, e2e_of(physics, larger) * kRounding) << name_of(d);
    }
  });
}

/// The same deployment on a GPU whose memory or arithmetic is faster.
struct Better {
  Better(const Deployment& d, double bandwidth, double compute) : gpu(*d.gpu), deployment(d) {
    gpu.bandwidth_bytes_per_s *= bandwidth;
    for (double& peak : gpu.peak_flops) peak *= compute;
    deployment.gpu = &gpu;
  }
  Better(const Better&) = delete;
  Better& operator=(const Better&) = delete;

  GpuType gpu;
  Deployment deployment;
};

TEST(Properties, TimeFallsWithBandwidthAndCompute) {
  Random random(5);
  for_each_builtin_deployment([&](const Deployment& d) {
    if (random.uniform() > 0.3) return;
    const Draw r(random);
    const PhaseModel base(d);
    const Better faster(d, r.more, 1.0);
    const Better stronger(d, 1.0, r.more);
    for (const Better* better : {&faster, &stronger}) {
      const PhaseModel physics(better->deployment);
      ASSERT_LE(physics.prefill_seconds(r.prompt, r.reuse),
                base.prefill_seconds(r.prompt, r.reuse) * kRounding)
          << name_of(d);
      ASSERT_LE(physics.decode_seconds(r.batch, r.prompt),
                base.decode_seconds(r.batch, r.prompt) * kRounding)
          << name_of(d);
    }
    const PhaseModel physics(stronger.deployment);
    ASSERT_LE(physics.prompt_time(r.prompt, r.reuse).mixed,
              base.prompt_time(r.prompt, r.reuse).mixed * kRounding)
        << name_of(d);
    ASSERT_LE(e2e_of(physics, r), e2e_of(base, r) * kRounding) << name_of(d);
    ASSERT_LT(PhaseModel(faster.deployment).decode(r.batch, r.prompt).attention.read,
              base.decode(r.batch, r.prompt).attention.read);
    ASSERT_LT(physics.prefill(r.prompt).matrices.work, base.prefill(r.prompt).matrices.work);
  });
}

TEST(Properties, RequestsAreFasterOnFasterMemory) {
  Random random(6);
  for_each_builtin_deployment([&](const Deployment& d) {
    if (random.uniform() > 0.3) return;
    const Draw r(random);
    const Better faster(d, r.more, 1.0);
    const PhaseModel base(d);
    const PhaseModel physics(faster.deployment);
    ASSERT_LE(physics.iteration_seconds(r.batch, r.prompt, r.output, r.reuse),
              base.iteration_seconds(r.batch, r.prompt, r.output, r.reuse) * kRounding)
        << name_of(d) << " B " << r.batch << " h " << r.prompt << " f " << r.output;
    ASSERT_LE(e2e_of(physics, r), e2e_of(base, r) * kRounding) << name_of(d);
  });
}

TEST(Properties, APromptAmongOthersCostsNoMoreThanAlone) {
  Random random(7);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const PassCoefficients& c = physics.coefficients();
    const Draw r(random);
    const PromptTime prompt = physics.prompt_time(r.prompt, r.reuse);
    const PassTerms pass = physics.prefill(r.prompt, r.reuse);
    ASSERT_EQ(prompt.alone, pass.total());
    // Ranks read a prompt each at a time.
    ASSERT_LE(prompt.mixed / c.ranks, prompt.alone * kRounding) << name_of(d);
    if (c.ranks == 1.0) {
      ASSERT_LE(prompt.mixed, prompt.alone) << name_of(d);
    }
    const double arithmetic = pass.matrices.work - c.matrix_half + c.ranks * pass.experts.work +
                              pass.attention.total() + pass.all_reduce + pass.hand_over;
    ASSERT_GE(prompt.mixed * kRounding, arithmetic) << name_of(d);
  });
}

TEST(Properties, IterationAgreesWithThePasses) {
  Random random(8);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Draw r(random);
    const double mixed = physics.prompt_time(r.prompt, r.reuse).mixed;
    const double between = (1.0 - d.engine->prefill_ahead) * (r.batch - 1.0) /
                           (d.pipeline_parallel * d.data_parallel * r.output) * mixed;
    const double step = physics.decode_seconds(r.batch, r.prompt + 0.5 * r.output);
    const Iteration iteration = physics.iteration(r.prompt, r.output, r.reuse);
    ASSERT_NEAR(iteration.decode_seconds(r.batch), step, 1e-12 * step) << name_of(d);
    ASSERT_NEAR(iteration.seconds(r.batch), step + between, 1e-12 * (step + between)) << name_of(d);
    // Before the first token and between the others every other prompt is read once.
    const PromptTime prompt{physics.prefill_seconds(r.prompt, r.reuse), mixed};
    const double service = physics.service_seconds(prompt, step, r.batch, r.output);
    const double parts = physics.first_token_seconds(prompt, 0.0, r.batch, r.output) +
                         (r.output - 1.0) * (step + between);
    ASSERT_NEAR(service, parts, 1e-9 * service) << name_of(d);
  });
}

TEST(Properties, TheLargestBatchMeetsItsTargetAndNoLargerOneDoes) {
  Random random(9);
  int met = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Draw r(random);
    const double target = log_uniform(random, 5e-3, 1.0);
    const double batch = physics.max_batch_for_tpot(target, r.prompt, r.output, r.reuse);
    const auto tpot = [&](double b) {
      return physics.iteration_seconds(b, r.prompt, r.output, r.reuse);
    };
    if (batch < 1.0) {
      ASSERT_EQ(batch, 0.0);
      ASSERT_GT(tpot(1.0), target) << name_of(d);
      return;
    }
    ++met;
    ASSERT_LE(tpot(batch), target) << name_of(d);
    ASSERT_GT(tpot(batch * 1.001), target) << name_of(d);
  });
  EXPECT_GT(met, 2000);
}

TEST(Properties, TensorParallelismSplitsTheCacheByItsHeadsAtMost) {
  Random random(10);
  for_each_builtin_deployment([&](const Deployment& d) {
    const Draw r(random);
    Deployment one = d;
    one.tensor_parallel = 1;
    const double split = PhaseModel(d).decode(r.batch, r.prompt).attention.read;
    const double whole = PhaseModel(one).decode(r.batch, r.prompt).attention.read;
    const bool latent = d.model->attention == AttentionKind::kMla;
    const double heads = latent ? 1.0 : std::max(1, d.model->kv_heads);
    ASSERT_GE(split * heads * kRounding, whole) << name_of(d);
    ASSERT_GE(split * d.tensor_parallel * kRounding, whole) << name_of(d);
    ASSERT_LE(split, whole * kRounding) << name_of(d);
    if (latent) {
      ASSERT_NEAR(split, whole, 1e-12 * whole) << name_of(d);
    }
  });
}

TEST(Properties, PipeliningShortensNoPass) {
  Random random(11);
  for_each_builtin_deployment([&](const Deployment& d) {
    if (d.pipeline_parallel == 1) return;
    const Draw r(random);
    Deployment flat = d;
    flat.pipeline_parallel = 1;
    const PhaseModel one(flat);
    const PhaseModel many(d);
    ASSERT_GE(many.prefill_seconds(r.prompt, r.reuse) * kRounding,
              one.prefill_seconds(r.prompt, r.reuse))
        << name_of(d);
    ASSERT_GE(many.decode_seconds(1.0, r.prompt) * kRounding, one.decode_seconds(1.0, r.prompt))
        << name_of(d);
    // Nor the step of as many sequences a micro-batch.
    ASSERT_GE(many.decode_seconds(d.pipeline_parallel * r.batch, r.prompt) * kRounding,
              one.decode_seconds(r.batch, r.prompt))
        << name_of(d);
  });
}

TEST(Properties, AnEightBitCacheIsNeverSlower) {
  Random random(12);
  for_each_builtin_deployment([&](const Deployment& d) {
    if (d.gpu->efficiency.kv_cache_8bit < 0.5) return;
    const Draw r(random);
    Deployment wide = d;
    wide.cache = CacheFormat::k16Bit;
    Deployment narrow = d;
    narrow.cache = CacheFormat::k8Bit;
    const PhaseModel a(wide);
    const PhaseModel b(narrow);
    ASSERT_LE(b.prefill_seconds(r.prompt, r.reuse), a.prefill_seconds(r.prompt, r.reuse));
    ASSERT_LE(b.decode_seconds(r.batch, r.prompt), a.decode_seconds(r.batch, r.prompt));
    ASSERT_LE(e2e_of(b, r), e2e_of(a, r) * kRounding);
    ASSERT_NEAR(b.max_batch_for_memory(r.prompt, r.output),
                2.0 * a.max_batch_for_memory(r.prompt, r.output),
                1e-9 * b.max_batch_for_memory(r.prompt, r.output));
  });
}

}  // namespace
}  // namespace berth
