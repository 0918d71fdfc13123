// No deployment of the catalog beats its data sheet: bytes over bandwidth, operations over peak.

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "berth/core/random.h"
#include "berth/perf/memory.h"
#include "berth/perf/predict.h"
#include "tests/perf/fixtures.h"

namespace berth {
namespace {

using testing::for_each_builtin_deployment;
using testing::name_of;

constexpr double kRounding = 1.0 + 1e-9;

double log_uniform(Random& random, double low, double high) {
  return low * std::pow(high / low, random.uniform());
}

/// What a deployment has to do, from the model's facts alone.
class Work {
 public:
  explicit Work(const Deployment& d) : d_(d), model_(*d.model), split_(split_of(*d.model)) {
    dense_peak_ = compute_mode(*d.gpu, dense_precision(model_, d.precision)).peak_flops;
    expert_peak_ = compute_mode(*d.gpu, d.precision).peak_flops;
  }

  /// Seconds that the arithmetic of T tokens takes `gpus` GPUs at their peak: layers and the
  /// experts each token chooses.
  [[nodiscard]] double matrices(double tokens, double gpus) const {
    double seconds = 2.0 * split_.dense * tokens / (gpus * dense_peak_);
    if (model_.experts) {
      const double share = std::min(1.0, 1.0 * model_.experts->active / model_.experts->experts);
      seconds += 2.0 * split_.experts * share * tokens / (gpus * expert_peak_);
    }
    return seconds;
  }

  /// The same for T new tokens that each look at `seen` others.
  [[nodiscard]] double attention(double tokens, double seen, double gpus) const {
    const double layers = model_.layers * (1.0 - model_.linear_layer_share);
    return 4.0 * layers * model_.heads * model_.head_dim * tokens * seen /
           (gpus * d_.gpu->peak(Precision::kBf16));
  }

  /// Bytes of the weights that a pass of at least one token cannot do without.
  [[nodiscard]] double weight_bytes() const {
    double bytes = split_.dense * bytes_per_parameter(dense_precision(model_, d_.precision)) +
                   split_.head * bytes_per_parameter(Precision::kBf16);
    if (model_.experts) {
      const double share = std::min(1.0, 1.0 * model_.experts->active / model_.experts->experts);
      bytes += share * split_.experts * bytes_per_parameter(d_.precision);
    }
    return bytes;
  }

 private:
  const Deployment& d_;
  const ModelSpec& model_;
  ParameterSplit split_;
  double dense_peak_ = 0.0;
  double expert_peak_ = 0.0;
};

TEST(Roofline, NoPassReadsFasterThanTheMemory) {
  Random random(2);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    // A pass crosses the stages one after another, so m does not divide its work.
    const double bandwidth = d.stage_gpus() * d.gpu->bandwidth_bytes_per_s;
    const double weights = Work(d).weight_bytes() / bandwidth;
    const double tokens = log_uniform(random, 1.0, 1e5);
    const double batch = log_uniform(random, 1.0, 1e3);
    ASSERT_GE(physics.prefill_seconds(tokens) * kRounding, weights) << name_of(d);
    const double x = std::max(1.0 * d.data_parallel, batch / d.pipeline_parallel);
    const double cache =
        x * physics.coefficients().seen(tokens) * cache_bytes_per_token(d) / bandwidth;
    ASSERT_GE(physics.decode_seconds(batch, tokens) * kRounding, weights + cache) << name_of(d);
  });
}

TEST(Roofline, NoPassComputesFasterThanThePeak) {
  Random random(3);
  for_each_builtin_deployment([&](const Deployment& d) {
    const PhaseModel physics(d);
    const Work work(d);
    const double gpus = d.stage_gpus();
    const double prompt = log_uniform(random, 1.0, 1e5);
    const double cached = prompt * 0.9 * random.uniform();
    const double tokens = prompt - cached;
    // Windows look at their least: what the mean over the layers is at either end.
    const double seen = physics.coefficients().seen(0.5 * (cached + prompt));
    ASSERT_GE(physics.prefill_seconds(prompt, cached / prompt) * kRounding,
              work.matrices(tokens, gpus) + work.attention(tokens, seen, gpus))
        << name_of(d);
    const double batch = log_uniform(random, 1.0, 1e3);
    const double x = std::max(1.0 * d.data_parallel, batch / d.pipeline_parallel);
    ASSERT_GE(physics.decode_seconds(batch, prompt) * kRounding, work.matrices(x, gpus))
        << name_of(d);
  });
}

/// Throughput x seconds of all GPUs a request cannot do without.
void expect_within_peak(const PredictionRequest& request, const Prediction& p) {
  const Deployment& d = request.deployment;
  const Work work(d);
  const double gpus = d.gpus();
  const double h = request.prompt_tokens;
  // The first of f tokens comes out of the prefill.
  double busy = work.matrices(h + request.output_tokens - 1.0, gpus);
  busy += work.attention(h, PhaseModel(d).coefficients().seen(0.5 * h), gpus);
  ASSERT_LE(p.throughput * busy, kRounding)
      << name_of(d) << " B " << p.batch << " h " << h << " f " << request.output_tokens;
  // Each running sequence reads its cache in each of its steps.
  const double read = (request.output_tokens - 1.0) *
                      PhaseModel(d).coefficients().seen(h + 0.5 * request.output_tokens) *
                      cache_bytes_per_token(d) / (gpus * d.gpu->bandwidth_bytes_per_s);
  ASSERT_LE(p.throughput * read, kRounding)
      << name_of(d) << " B " << p.batch << " h " << h << " f " << request.output_tokens;
}

TEST(Roofline, NoThroughputBeatsThePeak) {
  Random random(4);
  int checked = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    PredictionRequest request;
    request.deployment = d;
    request.deployment.max_num_seqs = 4096;
    if (check_shape(request.deployment)) return;
    for (const double output : {1.0, 2.0, std::floor(log_uniform(random, 1.0, 1000.0))}) {
      request.output_tokens = output;
      request.prompt_tokens = std::floor(log_uniform(random, 1.0, 3000.0));
      for (const double batch : {1.0, std::floor(log_uniform(random, 1.0, 200.0)), 0.0}) {
        request.batch = batch;
        const Result<Prediction> result = predict(request);
        if (!result) continue;
        expect_within_peak(request, *result);
        ++checked;
      }
    }
  });
  EXPECT_GT(checked, 20000);
}

TEST(Roofline, NoSustainedRateBeatsThePeak) {
  Random random(5);
  int checked = 0;
  for_each_builtin_deployment([&](const Deployment& d) {
    PredictionRequest request;
    request.deployment = d;
    request.rate = 1e-9;
    request.output_tokens = std::floor(log_uniform(random, 1.0, 500.0));
    request.prompt_tokens = std::floor(log_uniform(random, 1.0, 3000.0));
    const Result<Prediction> result = predict(request);
    if (!result) return;
    Prediction full = *result;
    full.throughput = full.capacity;
    expect_within_peak(request, full);
    ++checked;
  });
  EXPECT_GT(checked, 5000);
}

}  // namespace
}  // namespace berth
