#include "berth/perf/memory.h"

#include <algorithm>

namespace berth {
namespace {

/// 16-bit hidden states alive at once in a layer, as multiples of H: residual, normalised input,
/// query-key-value, attention output, and the two halves of the feed-forward (about 7 H / n each).
constexpr double kReplicatedStates = 4.0;
constexpr double kSplitStates = 10.0;
constexpr double kLogitBytes = 4.0;  // engines sample in 32 bit

/// Share of the layers on the fullest stage: 1/m when m divides L.
double stage_share(const Deployment& deployment) {
  const int layers = deployment.model->layers;
  const int stages = deployment.pipeline_parallel;
  const int fullest = (layers + stages - 1) / stages;
  return static_cast<double>(fullest) / static_cast<double>(layers);
}

}  // namespace

ParameterSplit split_of(const ModelSpec& model) {
  ParameterSplit split;
  split.experts = model.experts ? model.experts->expert_parameters : 0.0;
  const double table = static_cast<double>(model.vocabulary) * model.hidden;
  const double layers = std::max(0.0, model.parameters - split.experts);
  split.head = std::min(table, layers);
  split.lookup = model.tied_embeddings ? 0.0 : std::min(table, layers - split.head);
  split.dense = layers - split.head - split.lookup;
  return split;
}

double cache_bytes_per_token(const Deployment& deployment) {
  const double share = deployment.cache == CacheFormat::k8Bit ? 0.5 : 1.0;
  return deployment.model->kv_bytes_per_token * share;
}

MemoryUse memory_use(const Deployment& deployment) {
  const ModelSpec& model = *deployment.model;
  const double n = deployment.tensor_parallel;
  MemoryUse use;
  use.limit = deployment.memory_utilization * deployment.gpu->memory_bytes;
  const ParameterSplit split = split_of(model);
  const double dense =
      split.dense * bytes_per_parameter(dense_precision(model, deployment.precision)) +
      (split.head + split.lookup) * bytes_per_parameter(Precision::kBf16);
  const double experts = split.experts * bytes_per_parameter(deployment.precision);
  use.weights = (dense / n + experts / deployment.stage_gpus()) * stage_share(deployment);
  use.activations =
      kPassTokenBudget * model.hidden * kActivationBytes * (kReplicatedStates + kSplitStates / n) +
      static_cast<double>(deployment.max_num_seqs) * model.vocabulary * kLogitBytes / n;
  use.runtime = kRuntimeBytes;
  use.kv_cache = use.limit - use.weights - use.activations - use.runtime;
  return use;
}

double kv_split(const Deployment& deployment) {
  const ModelSpec& model = *deployment.model;
  if (model.attention == AttentionKind::kMla) return 1.0;
  return std::min(deployment.tensor_parallel, std::max(1, model.kv_heads));
}

double kv_bytes_per_gpu(const Deployment& deployment, double tokens) {
  const ModelSpec& model = *deployment.model;
  double held = tokens;
  if (model.window) {
    const double local = std::min(tokens, static_cast<double>(model.window->tokens));
    held = tokens + model.window->layer_share * (local - tokens);
  }
  return held * cache_bytes_per_token(deployment) / kv_split(deployment) * stage_share(deployment);
}

}  // namespace berth
