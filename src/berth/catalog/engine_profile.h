#pragma once
// What a serving engine adds to the work of the GPU: times of its host, how it mixes prompts into
// decoding, what its kernels and collectives reach beside the GPU's own share (docs/model.md,
// "Engines"). Fitted by `berth calibrate`.

#include <string>
#include <vector>

#include "berth/catalog/model_spec.h"

namespace berth {

/// Times are seconds on a host whose factor is 1 (GpuEfficiency::host). Factors multiply.
struct EngineProfile {
  std::string name;                  ///< "vllm"; a release of old has its own: "vllm-2024"
  std::vector<std::string> aliases;  ///< "tensorrt-llm"
  std::string on;                    ///< vendor or architecture of the GPUs it is for; empty = any
  Source source;
  std::string note;

  double step_s = 0.0;              ///< t_0, per pass
  double layer_s = 0.0;             ///< t_L, per layer
  double sequence_s = 0.0;          ///< t_S, per sequence of the pass
  double expert_layer_s = 0.0;      ///< t_M, more per layer with experts
  double quantised_layer_s = 0.0;   ///< t_Q, more per layer of 8- and 4-bit weights
  double quantised_expert_s = 0.0;  ///< t_Q8, the same where experts are in 8 bit
  double qk_norm_s = 0.0;           ///< t_N, more per layer that normalises queries and keys
  double latent_s = 0.0;            ///< t_MLA, more per layer of latent attention
  double linear_s = 0.0;            ///< t_Lin, more per layer of linear attention
  double sparse_s = 0.0;            ///< t_DSA, more per layer with sparse attention's index
  double prefill_layer_s = 0.0;     ///< t_P, more per layer of a prefill pass
  double beam_s = 0.0;              ///< more per sequence of a beam search
  double host_layer_s = 0.0;        ///< a pass takes at least this per layer (no captured graphs)

  double compute = 1.0;               ///< on eta_F
  double weights = 1.0;               ///< on eta_W
  double all_reduce_latency = 1.0;    ///< k_A, on alpha
  double all_reduce_bandwidth = 1.0;  ///< k_B, on gamma
  double expert_prefill = 1.0;        ///< on the experts' arithmetic in prefill: imbalance, padding
  double touched_spread = 1.0;  ///< rho: 1 = sequences choose experts independently, 0 = all alike
  double cache_rereads = 0.0;   ///< g: the cache is read (n_h/n_kv)^g times

  double mixing = 0.0;         ///< part of a pass's weights and times that a mixed pass pays once
  double prefill_ahead = 0.0;  ///< w: share of the others' prefill before one's first token
  double admission_s = 0.0;    ///< network, tokenizer, admission; before the first token
  double stream_steps = 0.0;   ///< decode steps until the first token is out, twice the mean
  double median_prefill_ahead = 0.0;  ///< the same two where a benchmark reports medians
  double median_admission_s = 0.0;
  double output_held = 1.0;  ///< share of the output for which running sequences hold cache
};

}  // namespace berth
