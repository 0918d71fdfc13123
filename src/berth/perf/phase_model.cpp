#include "berth/perf/phase_model.h"

#include <cassert>
#include <cmath>
#include <limits>

#include "berth/perf/memory.h"

namespace berth {
namespace {

constexpr double kActivationBytes = 2.0;  // b_a: hidden states travel in 16 bit

/// alpha + 2 (n-1)/n s/gamma of one regime, as latency and seconds per byte.
struct Line {
  double latency = 0.0;
  double per_byte = 0.0;
};

Line all_reduce_line(const AllReduceRegime& regime, int n) {
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

/// What a model computes and reads: dense part and routed experts apart.
struct Parts {
  double dense_parameters = 0.0;
  double expert_parameters = 0.0;
  double dense_active = 0.0;
  double expert_active = 0.0;
};

Parts parts_of(const ModelSpec& model) {
  Parts parts;
  parts.expert_parameters = model.experts ? model.experts->expert_parameters : 0.0;
  parts.dense_parameters = std::max(0.0, model.parameters - parts.expert_parameters);
  parts.dense_active = std::min(parts.dense_parameters, model.active_parameters);
  parts.expert_active = std::max(0.0, model.active_parameters - parts.dense_active);
  return parts;
}

void set_compute(PassCoefficients& c, const Deployment& d, const Parts& parts) {
  const GpuEfficiency& efficiency = d.gpu->efficiency;
  const ComputeMode mode = compute_mode(*d.gpu, d.precision);
  const double n = d.tensor_parallel;
  const double peak = n * mode.peak_flops;
  c.compute_per_token = 2.0 * parts.dense_active / (peak * mode.efficiency);
  if (parts.expert_active > 0.0) {
    c.compute_per_token += 2.0 * parts.expert_active / (peak * efficiency.moe_compute);
  }
  c.compute_fixed = c.compute_per_token * efficiency.compute_half_tokens;
  // The cache and the attention over it stay in 16 bit.
  c.attention_per_pair = 4.0 * d.model->layers * d.model->heads * d.model->head_dim /
                         (n * d.gpu->peak(Precision::kBf16) * efficiency.attention);
}

void set_memory(PassCoefficients& c, const Deployment& d, const Parts& parts) {
  const GpuEfficiency& efficiency = d.gpu->efficiency;
  const double n = d.tensor_parallel;
  const double weights =
      d.precision == Precision::kBf16 ? efficiency.weights : efficiency.weights_low_precision;
  const double per_parameter =
      bytes_per_parameter(d.precision) / (n * d.gpu->bandwidth_bytes_per_s * weights);
  c.weights = parts.dense_parameters * per_parameter;
  if (d.model->experts && parts.expert_parameters > 0.0) {
    const double share = static_cast<double>(d.model->experts->active) / d.model->experts->experts;
    if (share >= 1.0) {
      c.weights += parts.expert_parameters * per_parameter;
    } else {
      c.experts = parts.expert_parameters * per_parameter;
      c.expert_decay = -std::log1p(-share);
    }
  }
  c.kv_per_token = d.model->kv_bytes_per_token /
                   (kv_split(d) * d.gpu->bandwidth_bytes_per_s * efficiency.kv_cache);
}

void set_links(PassCoefficients& c, const Deployment& d) {
  const double token_bytes = d.model->hidden * kActivationBytes;
  if (d.tensor_parallel > 1) {
    const AllReduce entry = all_reduce_entry(*d.gpu, d.tensor_parallel);
    const Line small = all_reduce_line(entry.small, d.tensor_parallel);
    const Line large = all_reduce_line(entry.large, d.tensor_parallel);
    const double count = 2.0 * d.model->layers;
    c.small_latency = count * small.latency;
    c.small_per_token = count * small.per_byte * token_bytes;
    c.large_latency = count * large.latency;
    c.large_per_token = count * large.per_byte * token_bytes;
  }
  if (d.pipeline_parallel > 1) {
    const HandOver& link = d.gpus() <= d.gpus_in_node() ? d.gpu->efficiency.hand_over_in_node
                                                        : d.gpu->efficiency.hand_over_between_nodes;
    const double count = d.pipeline_parallel - 1;
    c.hand_over_latency = count * link.latency_s;
    c.hand_over_per_token = count * token_bytes / link.bandwidth_bytes_per_s;
  }
}

PassCoefficients coefficients_of(const Deployment& d) {
  PassCoefficients c;
  const Parts parts = parts_of(*d.model);
  set_compute(c, d, parts);
  set_memory(c, d, parts);
  set_links(c, d);
  const GpuEfficiency& efficiency = d.gpu->efficiency;
  const bool own_layer_time = d.model->is_moe() && efficiency.moe_layer_s > 0.0;
  const double layer = own_layer_time ? efficiency.moe_layer_s : efficiency.layer_s;
  c.fixed = efficiency.step_s + layer * d.model->layers;
  c.fixed_per_sequence = efficiency.sequence_s;
  if (d.model->window) {
    c.window = d.model->window->tokens;
    c.window_share = d.model->window->layer_share;
  }
  c.stages = d.pipeline_parallel;
  return c;
}

}  // namespace

PhaseModel::PhaseModel(const Deployment& deployment)
    : deployment_(deployment), c_(coefficients_of(deployment)) {
  const double per_token = kv_bytes_per_gpu(deployment, 1.0);
  const double room = std::max(0.0, memory_use(deployment).kv_cache);
  kv_capacity_tokens_ = room / per_token;
}

PassTerms PhaseModel::pass(double new_tokens, double sequences, double mean_context,
                           double cached_tokens) const {
  PassTerms terms;
  terms.compute = c_.compute_fixed + new_tokens * (c_.compute_per_token +
                                                   c_.attention_per_pair * c_.seen(mean_context));
  terms.memory = c_.weights + cached_tokens * c_.kv_per_token;
  if (c_.experts > 0.0) terms.memory -= c_.experts * std::expm1(-c_.expert_decay * new_tokens);
  terms.all_reduce = std::min(c_.small_latency + c_.small_per_token * new_tokens,
                              c_.large_latency + c_.large_per_token * new_tokens);
  terms.hand_over = c_.hand_over_latency + c_.hand_over_per_token * new_tokens;
  terms.fixed = c_.fixed + c_.fixed_per_sequence * sequences;
  return terms;
}

PassTerms PhaseModel::prefill(double prompt_tokens, double prefix_reuse) const {
  // At least the last token is computed, even when the whole prompt is cached.
  const double cached = std::max(0.0, std::min(prompt_tokens * prefix_reuse, prompt_tokens - 1.0));
  const double computed = std::max(1.0, prompt_tokens - cached);
  // New token k of the prompt looks at everything before it, cached or not.
  const double mean_context = 0.5 * (cached + prompt_tokens);
  return pass(computed, 1.0, mean_context, c_.seen(cached));
}

PassTerms PhaseModel::decode(double batch, double mean_context) const {
  const double sequences = std::max(1.0, batch / c_.stages);
  return pass(sequences, sequences, mean_context, sequences * c_.seen(mean_context));
}

double PhaseModel::prefill_seconds(double prompt_tokens, double prefix_reuse) const {
  return prefill(prompt_tokens, prefix_reuse).total();
}

double PhaseModel::decode_seconds(double batch, double mean_context) const {
  return decode(batch, mean_context).total();
}

Iteration PhaseModel::iteration_with(double prefill_s, double prompt, double output) const {
  assert(output > 0.0);
  const double seen = c_.seen(prompt + 0.5 * output);
  const double rest = c_.hand_over_latency + c_.fixed;
  const double rest_slope = c_.hand_over_per_token + c_.fixed_per_sequence;
  Iteration it;
  it.compute_base = c_.compute_fixed;
  it.compute_slope = c_.compute_per_token + c_.attention_per_pair * seen;
  it.memory_base = c_.weights;
  it.memory_slope = c_.kv_per_token * seen;
  it.expert_s = c_.experts;
  it.expert_decay = c_.expert_decay;
  it.small_base = c_.small_latency + rest;
  it.small_slope = c_.small_per_token + rest_slope;
  it.large_base = c_.large_latency + rest;
  it.large_slope = c_.large_per_token + rest_slope;
  it.prefill_slope = prefill_s / (c_.stages * output);
  it.stages = c_.stages;
  return it;
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
  // sequence, so only the windowed share has to be capped.
  const double held = c_.seen(prompt + output);
  return held > 0.0 ? kv_capacity_tokens_ / held : std::numeric_limits<double>::infinity();
}

}  // namespace berth
