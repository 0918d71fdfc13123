#include "berth/catalog/coefficients.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "berth/core/text.h"

namespace berth {
namespace {

using Unit = CoefficientUnit;
using Gpu = GpuEfficiency;
using Engine = EngineProfile;

// Shares of a peak may pass 1 a little: a fit may credit a GPU with more than its data sheet says.
constexpr std::array kEfficiencyFields = {
    CoefficientField<Gpu>{"compute", "matrices, 16 bit", &Gpu::compute, Unit::kShare, 0.05, 1.0},
    CoefficientField<Gpu>{"compute_8bit", "matrices, 8 bit, of 16 bit", &Gpu::compute_8bit,
                          Unit::kFactor, 0.3, 1.2},
    CoefficientField<Gpu>{"compute_4bit", "matrices, 4 bit, of 16 bit", &Gpu::compute_4bit,
                          Unit::kFactor, 0.3, 1.2},
    CoefficientField<Gpu>{"compute_half_tokens", "tokens for half the compute",
                          &Gpu::compute_half_tokens, Unit::kTokens, 0.0, 400.0},
    CoefficientField<Gpu>{"attention", "attention's arithmetic", &Gpu::attention, Unit::kShare,
                          0.05, 1.0},
    CoefficientField<Gpu>{"weights", "weight streaming, 16 bit", &Gpu::weights, Unit::kShare, 0.05,
                          1.0},
    CoefficientField<Gpu>{"weights_8bit", "weight streaming, 8 bit, of 16 bit", &Gpu::weights_8bit,
                          Unit::kFactor, 0.4, 1.25},
    CoefficientField<Gpu>{"weights_4bit", "weight streaming, 4 bit, of 16 bit", &Gpu::weights_4bit,
                          Unit::kFactor, 0.3, 1.25},
    CoefficientField<Gpu>{"kv_cache", "key-value reads, 16 bit", &Gpu::kv_cache, Unit::kShare, 0.05,
                          1.0},
    CoefficientField<Gpu>{"kv_cache_8bit", "key-value reads, 8 bit, of 16 bit", &Gpu::kv_cache_8bit,
                          Unit::kFactor, 0.4, 1.2},
    CoefficientField<Gpu>{"exposed_16bit", "not hidden in matrices, 16 bit", &Gpu::exposed_16bit,
                          Unit::kShare, 0.0, 1.0},
    CoefficientField<Gpu>{"exposed_8bit", "not hidden in matrices, 8 and 4 bit", &Gpu::exposed_8bit,
                          Unit::kShare, 0.0, 1.0},
    CoefficientField<Gpu>{"exposed_experts", "not hidden in experts", &Gpu::exposed_experts,
                          Unit::kShare, 0.0, 1.0},
    CoefficientField<Gpu>{"expert_compute", "small experts, of matrices", &Gpu::expert_compute,
                          Unit::kFactor, 0.02, 1.2},
    CoefficientField<Gpu>{"coarse_expert_compute", "large experts, of matrices",
                          &Gpu::coarse_expert_compute, Unit::kFactor, 0.1, 1.2},
    CoefficientField<Gpu>{"expert_weights", "experts' weights, of weight streaming",
                          &Gpu::expert_weights, Unit::kFactor, 0.2, 1.3},
    CoefficientField<Gpu>{"expert_weights_fp4", "experts' weights, fp4, of that",
                          &Gpu::expert_weights_fp4, Unit::kFactor, 0.3, 1.7},
    CoefficientField<Gpu>{"expert_weights_int4", "experts' weights, int4, of that",
                          &Gpu::expert_weights_int4, Unit::kFactor, 0.3, 1.7},
    CoefficientField<Gpu>{"host", "factor on the engine's times", &Gpu::host, Unit::kFactor, 0.3,
                          3.0},
};

constexpr std::array kEngineFields = {
    CoefficientField<Engine>{"step", "time a pass", &Engine::step_s, Unit::kSeconds, 0.0, 0.05},
    CoefficientField<Engine>{"layer", "time a layer", &Engine::layer_s, Unit::kSeconds, 0.0, 2e-3},
    CoefficientField<Engine>{"sequence", "time a sequence", &Engine::sequence_s, Unit::kSeconds,
                             0.0, 1e-3},
    CoefficientField<Engine>{"expert_layer", "more a layer with experts", &Engine::expert_layer_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"quantised_layer", "more a layer in 8 or 4 bit",
                             &Engine::quantised_layer_s, Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"quantised_expert", "more a layer of 8-bit experts",
                             &Engine::quantised_expert_s, Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"qk_norm", "more a layer that normalises queries and keys",
                             &Engine::qk_norm_s, Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"latent", "more a layer of latent attention", &Engine::latent_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"linear", "more a layer of linear attention", &Engine::linear_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"sparse", "more a layer of sparse attention", &Engine::sparse_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"prefill_layer", "more a layer in prefill", &Engine::prefill_layer_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"beam", "more a sequence of a beam search", &Engine::beam_s,
                             Unit::kSeconds, 0.0, 1e-3},
    CoefficientField<Engine>{"host_layer", "at least, a layer", &Engine::host_layer_s,
                             Unit::kSeconds, 0.0, 2e-3},
    CoefficientField<Engine>{"compute", "factor on matrices", &Engine::compute, Unit::kFactor, 0.05,
                             1.3},
    CoefficientField<Engine>{"weights", "factor on weight streaming", &Engine::weights,
                             Unit::kFactor, 0.2, 1.2},
    CoefficientField<Engine>{"all_reduce_latency", "factor on the latency of all-reduce",
                             &Engine::all_reduce_latency, Unit::kFactor, 0.2, 12.0},
    CoefficientField<Engine>{"all_reduce_bandwidth", "factor on the bandwidth of all-reduce",
                             &Engine::all_reduce_bandwidth, Unit::kFactor, 0.1, 3.0},
    CoefficientField<Engine>{"expert_prefill", "factor on experts' arithmetic in prefill",
                             &Engine::expert_prefill, Unit::kFactor, 0.4, 5.0},
    CoefficientField<Engine>{"touched_spread", "independence of the experts chosen",
                             &Engine::touched_spread, Unit::kShare, 0.0, 1.0},
    CoefficientField<Engine>{"cache_rereads", "exponent of repeated cache reads",
                             &Engine::cache_rereads, Unit::kShare, 0.0, 1.0},
    CoefficientField<Engine>{"mixing", "part a mixed pass pays once", &Engine::mixing, Unit::kShare,
                             0.0, 1.0},
    CoefficientField<Engine>{"prefill_ahead", "others' prefill before the first token",
                             &Engine::prefill_ahead, Unit::kShare, 0.0, 0.95},
    CoefficientField<Engine>{"admission", "time before the first pass", &Engine::admission_s,
                             Unit::kSeconds, 0.0, 1.0},
    CoefficientField<Engine>{"stream_steps", "steps until a token is out, twice the mean",
                             &Engine::stream_steps, Unit::kTokens, 0.0, 60.0},
    CoefficientField<Engine>{"median_prefill_ahead", "prefill before the first token, medians",
                             &Engine::median_prefill_ahead, Unit::kShare, 0.0, 0.95},
    CoefficientField<Engine>{"median_admission", "time before the first pass, medians",
                             &Engine::median_admission_s, Unit::kSeconds, 0.0, 1.0},
    CoefficientField<Engine>{"output_held", "share of the output that holds cache",
                             &Engine::output_held, Unit::kShare, 0.2, 1.0},
};

/// Writes the entry's values over those of the entries it is like. Depth is a few.
template <class Owner>
void apply(std::span<const CoefficientEntry> entries, const CoefficientEntry& entry,
           std::span<const CoefficientField<Owner>> fields, Owner& to) {
  if (!entry.like.empty()) {
    const CoefficientEntry* parent = find_entry(entries, entry.like);
    if (parent != nullptr && parent != &entry) apply(entries, *parent, fields, to);
  }
  for (const auto& field : fields) {
    const auto own = entry.values.find(field.key);
    if (own != entry.values.end()) to.*field.member = own->second;
  }
}

double power_factor(double watts_per_tflops, const GpuType& gpu) {
  const double peak = gpu.peak(Precision::kBf16) * 1e-12;
  if (!(watts_per_tflops > 0.0) || !(gpu.power_w > 0.0) || !(peak > 0.0)) return 1.0;
  return std::min(1.0, std::sqrt(gpu.power_w / peak / watts_per_tflops));
}

}  // namespace

std::span<const CoefficientField<GpuEfficiency>> efficiency_fields() { return kEfficiencyFields; }
std::span<const CoefficientField<EngineProfile>> engine_fields() { return kEngineFields; }

EngineProfile resolve_engine(const Coefficients& coefficients, const CoefficientEntry& entry) {
  EngineProfile profile;
  apply<EngineProfile>(coefficients.engines, entry, kEngineFields, profile);
  profile.name = entry.name;
  profile.aliases = entry.aliases;
  profile.on = entry.on;
  profile.source = entry.source;
  profile.note = entry.note;
  return profile;
}

GpuEfficiency resolve_efficiency(const Coefficients& coefficients,
                                 const CoefficientEntry& architecture, const GpuType& gpu) {
  GpuEfficiency efficiency;
  efficiency.all_reduce = gpu.efficiency.all_reduce;
  efficiency.hand_over_in_node = gpu.efficiency.hand_over_in_node;
  efficiency.hand_over_between_nodes = gpu.efficiency.hand_over_between_nodes;
  efficiency.link_source = gpu.efficiency.link_source;
  apply<GpuEfficiency>(coefficients.architectures, architecture, kEfficiencyFields, efficiency);
  efficiency.compute *= power_factor(architecture.watts_per_tflops, gpu);
  efficiency.extrapolated = std::find(architecture.measured.begin(), architecture.measured.end(),
                                      gpu.name) == architecture.measured.end();
  efficiency.source = architecture.source;
  efficiency.note = architecture.note;
  return efficiency;
}

const CoefficientEntry* find_entry(std::span<const CoefficientEntry> entries, std::string_view id) {
  for (const CoefficientEntry& entry : entries) {
    if (to_lower(entry.id()) == to_lower(id)) return &entry;
  }
  return nullptr;
}

}  // namespace berth
