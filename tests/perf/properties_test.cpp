// What must hold for every deployment of the catalog, whatever its coefficients.

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::for_each_builtin_deployment;

constexpr double kRounding = 1.0 + 1e-12;

double log_uniform(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

std::string name_of(const Deployment& d) {
  return d.model->name + " " + std::string(to_string(d.precision)) + " on " + d.gpu->name + " tp" +
         std::to_string(d.tensor_parallel) + " pp" + std::to_string(d.pipeline_parallel);
}

void expect_finite(const PassTerms& terms, const Deployment& d) {
  for (const double term :
       {terms.compute, terms.memory, terms.all_reduce, terms.hand_over, terms.fixed}) {
    ASSERT_TRUE(std::isfinite(term) && term >= 0.0) << name_of(d);
  }
  ASSERT_GT(terms.total(), 0.0) << name_of(d);
}

TEST(Properties, TermsAreFiniteAndNotNegative) {
  Random random(1);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    expect_finite(physics.prefill(log_uniform(random, 1.0, 1e6), random.uniform()), d);
    expect_finite(physics.decode(log_uniform(random, 1.0, 1e4), log_uniform(random, 1.0, 1e6)), d);
    ASSERT_GT(physics.kv_capacity_tokens(), 1.0) << name_of(d);
  });
}

TEST(Properties, NoPassBeatsThePlainRoofline) {
  Random random(2);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const double gpus = d.gpus();
    const double tokens = log_uniform(random, 1.0, 1e5);
    const double peak = compute_mode(*d.gpu, d.precision).peak_flops;
    // A pass crosses the stages one after another, so m does not divide its work.
    const double n = gpus / d.pipeline_parallel;
    const PassTerms prefill = physics.prefill(tokens);
    ASSERT_GE(prefill.total(), 2.0 * d.model->active_parameters * tokens / (n * peak))
        << name_of(d);
    const double batch = log_uniform(random, 1.0, 1e3) * d.pipeline_parallel;
    const double dense =
        d.model->parameters - (d.model->experts ? d.model->experts->expert_parameters : 0.0);
    const double bytes = dense * bytes_per_parameter(d.precision);
    ASSERT_GE(physics.decode_seconds(batch, 100.0), bytes / (n * d.gpu->bandwidth_bytes_per_s))
        << name_of(d);
  });
}

TEST(Properties, TimeRisesWithTokensBatchAndContext) {
  Random random(3);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const double tokens = log_uniform(random, 1.0, 1e5);
    const double batch = log_uniform(random, 1.0, 1e3);
    const double context = log_uniform(random, 1.0, 1e5);
    const double more = 1.0 + random.uniform();
    ASSERT_LE(physics.prefill_seconds(tokens), physics.prefill_seconds(tokens * more) * kRounding);
    ASSERT_LE(physics.decode_seconds(batch, context),
              physics.decode_seconds(batch * more, context) * kRounding);
    ASSERT_LE(physics.decode_seconds(batch, context),
              physics.decode_seconds(batch, context * more) * kRounding);
    // A cache hit saves computing, and costs reading what was cached.
    const double reading = 0.9 * tokens * physics.coefficients().kv_per_token;
    ASSERT_LE(physics.prefill_seconds(tokens, 0.9),
              (physics.prefill_seconds(tokens, 0.0) + reading) * kRounding)
        << name_of(d) << " " << tokens;
    ASSERT_LE(physics.iteration_seconds(batch, tokens, 100.0),
              physics.iteration_seconds(batch * more, tokens, 100.0) * kRounding);
  });
}

TEST(Properties, TimeFallsWithBandwidthAndCompute) {
  Random random(4);
  for_each_builtin_deployment([&](const Deployment& d) {
    if (random.uniform() > 0.2) return;
    GpuType faster = *d.gpu;
    faster.bandwidth_bytes_per_s *= 1.5;
    GpuType stronger = *d.gpu;
    for (double& peak : stronger.peak_flops) peak *= 1.5;
    Deployment on_faster = d;
    on_faster.gpu = &faster;
    Deployment on_stronger = d;
    on_stronger.gpu = &stronger;
    const double tokens = log_uniform(random, 1.0, 1e5);
    const double batch = log_uniform(random, 1.0, 1e3);
    const PhaseModel base(d);
    for (const Deployment& better : {on_faster, on_stronger}) {
      const PhaseModel physics(better);
      ASSERT_LE(physics.prefill_seconds(tokens), base.prefill_seconds(tokens) * kRounding);
      ASSERT_LE(physics.decode_seconds(batch, tokens),
                base.decode_seconds(batch, tokens) * kRounding);
    }
    ASSERT_LT(PhaseModel(on_faster).decode(batch, tokens).memory,
              base.decode(batch, tokens).memory);
    ASSERT_LT(PhaseModel(on_stronger).prefill(tokens).compute, base.prefill(tokens).compute);
  });
}

TEST(Properties, IterationAgreesWithThePasses) {
  Random random(5);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const double h = log_uniform(random, 1.0, 1e5);
    const double f = log_uniform(random, 1.0, 1e4);
    const double batch = log_uniform(random, 1.0, 1e3);
    const double reuse = random.uniform();
    const double expected = physics.decode_seconds(batch, h + 0.5 * f) +
                            batch / (d.pipeline_parallel * f) * physics.prefill_seconds(h, reuse);
    ASSERT_NEAR(physics.iteration_seconds(batch, h, f, reuse), expected, 1e-12 * expected)
        << name_of(d);
  });
}

}  // namespace
}  // namespace berth
