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
  double weights = 0.0;      ///< of the fullest stage: W/n * ceil(L/m)/L
  double activations = 0.0;  ///< hidden states of kPassTokenBudget tokens, logits of every sequence
  double runtime = 0.0;      ///< kRuntimeBytes
  double kv_cache = 0.0;     ///< the rest, for the key-value cache; negative = it does not fit
};

[[nodiscard]] MemoryUse memory_use(const Deployment& deployment);

/// GPUs of a stage that hold different key-value heads: min(n, n_kv). Beyond n_kv, and for the
/// latent cache of MLA, tensor parallelism only copies the cache.
[[nodiscard]] double kv_split(const Deployment& deployment);

/// Key-value bytes that `tokens` tokens of one sequence occupy on the fullest GPU, window capped.
[[nodiscard]] double kv_bytes_per_gpu(const Deployment& deployment, double tokens);

}  // namespace berth
