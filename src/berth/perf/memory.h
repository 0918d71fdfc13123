#pragma once
// What lies in the memory of one GPU of a deployment (docs/model.md, "Memory"). Bytes.

#include "berth/perf/deployment.h"

namespace berth {

/// Tokens of one pass: the chunked-prefill budget the engine is run with.
inline constexpr double kPassTokenBudget = 8192.0;
/// Context of the driver and the collectives, captured graphs, fragmentation.
inline constexpr double kRuntimeBytes = 1.0e9;

struct MemoryUse {
  double limit = 0.0;        ///< u M
  double weights = 0.0;      ///< of the fullest stage: W/n * ceil(L/m)/L, experts / G
  double activations = 0.0;  ///< hidden states of kPassTokenBudget tokens, logits of every sequence
  double runtime = 0.0;      ///< kRuntimeBytes
  double kv_cache = 0.0;     ///< the rest, for the key-value cache; negative = it does not fit
};

[[nodiscard]] MemoryUse memory_use(const Deployment& deployment);

/// Parameters by how they are stored and read.
struct ParameterSplit {
  double dense = 0.0;    ///< D, of the layers
  double experts = 0.0;  ///< P_e, all routed experts
  double head = 0.0;     ///< V H: the output head, 16 bit in every format
  double lookup = 0.0;   ///< the embedding table, 16 bit, looked up; 0 where it is the head
};
[[nodiscard]] ParameterSplit split_of(const ModelSpec& model);

/// Bytes of a token's keys and values over all layers, one copy, in the deployment's format.
[[nodiscard]] double cache_bytes_per_token(const Deployment& deployment);

/// GPUs of a stage that hold different key-value heads: min(n, n_kv). Beyond n_kv, and for the
/// latent cache of MLA, tensor parallelism only copies the cache.
[[nodiscard]] double kv_split(const Deployment& deployment);

/// Key-value bytes that `tokens` tokens of one sequence occupy on the fullest GPU, window capped.
[[nodiscard]] double kv_bytes_per_gpu(const Deployment& deployment, double tokens);

}  // namespace berth
