#include "berth/perf/phase_model.h"

#include <cassert>
#include <cmath>
#include <limits>

#include "berth/perf/memory.h"

namespace berth {
namespace {

/// alpha + 2 (n-1)/n s/gamma of one regime, as latency and seconds per byte.
struct RegimeLine {
  double latency = 0.0;
  double per_byte = 0.0;
};

RegimeLine all_reduce_line(const AllReduceRegime& regime, int n) {
  const double volume = 2.0 * (n - 1) / n;
  return {regime.latency_s, volume / regime.bandwidth_bytes_per_s};
}

/// Measured entry for n, else the next larger one (never faster), else the largest with its latency
/// grown by the number of extra doublings.
AllReduce all_reduce_entry(const GpuType& gpu, int n) {
  const auto& table = gpu.efficiency.all_reduce;
  if (table.empty()) {
    constexpr double kUnknownLatency = 20e-6;
    const AllReduceRegime link{kUnknownLatency, gpu.link_bytes_per_s};
    return {n, link, link};
  }
  for (const AllReduce& entry : table) {
    if (entry.gpus >= n) return entry;
  }
  AllReduce grown = table.back();
  const double doublings = std::log2(static_cast<double>(n) / grown.gpus);
  grown.small.latency_s *= 1.0 + doublings;
  grown.large.latency_s *= 1.0 + doublings;
  return grown;
}

double ratio_of_weights(const GpuEfficiency& efficiency, Precision precision) {
  switch (precision) {
    case Precision::kBf16: return 1.0;
    case Precision::kFp8:
    case Precision::kInt8: return efficiency.weights_8bit;
    case Precision::kInt4:
    case Precision::kFp4: return efficiency.weights_4bit;
  }
  return 1.0;
}

/// Bytes/s at which one GPU streams dense weights.
double weight_rate(const Deployment& d, Precision precision) {
  const GpuEfficiency& e = d.gpu->efficiency;
  return d.gpu->bandwidth_bytes_per_s * e.weights * d.engine->weights *
         ratio_of_weights(e, precision);
}

/// The same for experts; never faster than the memory.
double expert_weight_rate(const Deployment& d) {
  const GpuEfficiency& e = d.gpu->efficiency;
  double rate = weight_rate(d, d.precision) * e.expert_weights;
  if (d.precision == Precision::kFp4) rate *= e.expert_weights_fp4;
  if (d.precision == Precision::kInt4) rate *= e.expert_weights_int4;
  return std::min(rate, d.gpu->bandwidth_bytes_per_s);
}

/// FLOP/s of one GPU in matrices with many tokens.
double matrix_rate(const Deployment& d, Precision precision) {
  const ComputeMode mode = compute_mode(*d.gpu, precision);
  return mode.peak_flops * mode.efficiency * d.engine->compute;
}

void set_matrices(PassCoefficients& c, const Deployment& d) {
  const GpuEfficiency& e = d.gpu->efficiency;
  const ParameterSplit split = split_of(*d.model);
  const Precision precision = dense_precision(*d.model, d.precision);
  const double n = d.tensor_parallel;
  c.weights = split.dense * bytes_per_parameter(precision) / (n * weight_rate(d, precision));
  c.matrix_per_token = 2.0 * split.dense / (n * matrix_rate(d, precision));
  c.matrix_half = c.matrix_per_token * e.compute_half_tokens;
  c.matrix_exposed = precision == Precision::kBf16 ? e.exposed_16bit : e.exposed_8bit;
  c.head = split.head * bytes_per_parameter(Precision::kBf16) /
           (d.stage_gpus() * weight_rate(d, Precision::kBf16));
}

void set_experts(PassCoefficients& c, const Deployment& d) {
  if (!d.model->experts || d.model->experts->expert_parameters <= 0.0) return;
  const GpuEfficiency& e = d.gpu->efficiency;
  const MixtureOfExperts& experts = *d.model->experts;
  const double gpus = d.stage_gpus();
  const double share = std::min(1.0, static_cast<double>(experts.active) / experts.experts);
  const bool coarse = experts.experts <= kCoarseExperts;
  const double rate =
      gpus * matrix_rate(d, d.precision) * (coarse ? e.coarse_expert_compute : e.expert_compute);
  c.experts =
      experts.expert_parameters * bytes_per_parameter(d.precision) / (gpus * expert_weight_rate(d));
  c.expert_per_token = 2.0 * experts.expert_parameters * share / rate;
  c.expert_prefill = coarse ? 1.0 : d.engine->expert_prefill;
  c.expert_exposed = e.exposed_experts;
  // Of T tokens the first touches e experts; each other one chooses anew with weight rho:
  // 1 - (1 - e/E)^(1 + (T-1) rho). All experts active: nothing stays untouched.
  const double rho = d.engine->touched_spread;
  if (share >= 1.0) {
    c.untouched = 0.0;
  } else {
    c.expert_decay = -std::log1p(-share) * rho;
    c.untouched = std::pow(1.0 - share, 1.0 - rho);
  }
}

void set_attention(PassCoefficients& c, const Deployment& d) {
  const GpuEfficiency& e = d.gpu->efficiency;
  const ModelSpec& model = *d.model;
  const double n = d.tensor_parallel;
  // The cache and the attention over it compute in 16 bit.
  const double rate = d.gpu->peak(Precision::kBf16) * e.attention;
  const double quadratic_layers = model.layers * (1.0 - model.linear_layer_share);
  c.attention_per_pair = 4.0 * quadratic_layers * model.heads * model.head_dim / (n * rate);
  const double cache_rate = d.gpu->bandwidth_bytes_per_s * e.kv_cache *
                            (d.cache == CacheFormat::k8Bit ? e.kv_cache_8bit : 1.0);
  const double group =
      std::max(1.0, static_cast<double>(model.heads) / std::max(1, model.kv_heads));
  const double reads = model.latent ? 1.0 : std::pow(group, d.engine->cache_rereads);
  c.kv_per_token = cache_bytes_per_token(d) * reads / (kv_split(d) * cache_rate * c.ranks);
  if (model.latent) {
    // Decode works on the latent: scores over values and position, then a sum over the values.
    const double width = 2.0 * model.latent->values + model.latent->position;
    c.latent_per_token = 2.0 * model.layers * (model.heads / n) * width / (rate * c.ranks);
  }
  if (model.window) {
    c.window = model.window->tokens;
    c.window_share = model.window->layer_share;
    c.forgotten_share = c.window_share;
  }
  if (model.sparse_attention_tokens > 0) {
    c.window = model.sparse_attention_tokens;
    c.window_share = 1.0;
    c.forgotten_share = 0.0;  // an index picks from all of them
  }
}

void set_links(PassCoefficients& c, const Deployment& d) {
  const double token_bytes = d.model->hidden * kActivationBytes;
  const int gpus = d.stage_gpus();
  if (gpus > 1) {
    const AllReduce entry = all_reduce_entry(*d.gpu, gpus);
    const RegimeLine small = all_reduce_line(entry.small, gpus);
    const RegimeLine large = all_reduce_line(entry.large, gpus);
    const double count = 2.0 * d.model->layers;
    const double latency = count * d.engine->all_reduce_latency;
    const double per_token = count * token_bytes / (d.engine->all_reduce_bandwidth * c.ranks);
    c.small_latency = latency * small.latency;
    c.small_per_token = per_token * small.per_byte;
    c.large_latency = latency * large.latency;
    c.large_per_token = per_token * large.per_byte;
  }
  if (d.pipeline_parallel > 1) {
    const HandOver& link = d.gpus() <= d.gpus_in_node() ? d.gpu->efficiency.hand_over_in_node
                                                        : d.gpu->efficiency.hand_over_between_nodes;
    const double count = d.pipeline_parallel - 1;
    c.hand_over_latency = count * link.latency_s;
    c.hand_over_per_token = count * token_bytes / (link.bandwidth_bytes_per_s * c.ranks);
  }
}

/// What the engine adds in a layer of this model and precision.
double layer_seconds(const Deployment& d) {
  const ModelSpec& model = *d.model;
  const EngineProfile& engine = *d.engine;
  double layer = engine.layer_s;
  if (d.precision != Precision::kBf16) {
    const bool eight_bit = d.precision == Precision::kFp8 || d.precision == Precision::kInt8;
    layer += model.is_moe() && eight_bit ? engine.quantised_expert_s : engine.quantised_layer_s;
  }
  if (model.qk_norm) layer += engine.qk_norm_s;
  if (model.latent) layer += engine.latent_s;
  if (model.sparse_attention_tokens > 0) layer += engine.sparse_s;
  return layer + model.linear_layer_share * engine.linear_s;
}

void set_fixed(PassCoefficients& c, const Deployment& d) {
  const EngineProfile& engine = *d.engine;
  const double host = d.gpu->efficiency.host;
  const int layers = d.model->layers;
  const int with_experts =
      d.model->experts ? (d.model->experts->layers > 0 ? d.model->experts->layers : layers) : 0;
  c.fixed =
      host * (engine.step_s + layer_seconds(d) * layers + engine.expert_layer_s * with_experts);
  c.fixed_prefill = host * engine.prefill_layer_s * layers;
  c.fixed_per_sequence = host * engine.sequence_s / c.ranks;
  c.floor = host * engine.host_layer_s * layers;
  c.mixing = engine.mixing;
}

PassCoefficients coefficients_of(const Deployment& d) {
  assert(d.engine != nullptr);
  PassCoefficients c;
  c.ranks = d.data_parallel;
  c.stages = d.pipeline_parallel;
  set_matrices(c, d);
  set_experts(c, d);
  set_attention(c, d);
  set_links(c, d);
  set_fixed(c, d);
  return c;
}

}  // namespace

PhaseModel::PhaseModel(const Deployment& deployment)
    : deployment_(deployment),
      c_(coefficients_of(deployment)),
      engine_ahead_(deployment.engine->prefill_ahead),
      stream_steps_(0.5 * deployment.engine->stream_steps),
      share_of_others_(1.0 / (c_.stages * c_.ranks)) {
  const double per_token = kv_bytes_per_gpu(deployment, 1.0);
  const double room = std::max(0.0, memory_use(deployment).kv_cache);
  kv_capacity_tokens_ = room / per_token * deployment.data_parallel;
}

PassTerms PhaseModel::decode(double batch, double mean_context) const {
  const double x = std::max(c_.ranks, batch / c_.stages);
  const double cached = x * c_.seen(mean_context);
  PassTerms terms;
  terms.matrices = {c_.weights, c_.matrix_half + c_.matrix_per_token * x / c_.ranks,
                    c_.matrix_exposed};
  terms.head = c_.head;
  if (c_.experts > 0.0) {
    terms.experts = {c_.experts * c_.touched(x), c_.expert_per_token * x, c_.expert_exposed};
  }
  terms.attention = {c_.kv_per_token * cached, c_.latent_per_token * cached, 0.0};
  terms.all_reduce = c_.all_reduce_seconds(x);
  terms.hand_over = c_.hand_over_latency + c_.hand_over_per_token * x;
  terms.fixed = c_.fixed + c_.fixed_per_sequence * x;
  terms.floor = c_.floor;
  return terms;
}

double PhaseModel::decode_seconds(double batch, double mean_context) const {
  return decode(batch, mean_context).total();
}

double PhaseModel::iteration_seconds(double batch, double prompt, double output,
                                     double prefix_reuse) const {
  return iteration(prompt, output, prefix_reuse).seconds(batch);
}

double PhaseModel::max_batch_for_tpot(double tpot, double prompt, double output,
                                      double prefix_reuse) const {
  return iteration(prompt, output, prefix_reuse).max_batch(tpot);
}

double PhaseModel::max_batch_for_memory(double prompt, double output) const {
  // kv_bytes_per_gpu is linear in the tokens the layers hold; capacity is in tokens of a short
  // sequence, so only the share of windows has to be capped.
  const double held = c_.held(prompt + output);
  return held > 0.0 ? kv_capacity_tokens_ / held : std::numeric_limits<double>::infinity();
}

}  // namespace berth
