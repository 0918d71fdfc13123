#pragma once
// One way to run a model: which GPU, which precision, how parallel.

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "berth/catalog/engine_profile.h"
#include "berth/catalog/gpu_type.h"
#include "berth/catalog/model_spec.h"

namespace berth {

/// b_a, bytes: hidden states live and travel in 16 bit.
inline constexpr double kActivationBytes = 2.0;

struct Deployment {
  const ModelSpec* model = nullptr;       ///< not owned
  const GpuType* gpu = nullptr;           ///< not owned
  const EngineProfile* engine = nullptr;  ///< not owned
  Precision precision = Precision::kBf16;
  CacheFormat cache = CacheFormat::k16Bit;
  int tensor_parallel = 1;           ///< n, of the attention
  int data_parallel = 1;             ///< copies of the attention over which experts are spread
  int pipeline_parallel = 1;         ///< m
  double memory_utilization = 0.90;  ///< u
  int max_num_seqs = 256;            ///< engine's own limit on concurrency, whole replica
  int box_gpus = 0;                  ///< GPUs of the boxes it is rented in; 0 = whole servers

  /// GPUs that surely share one server or fast domain: stages beyond hand over between nodes.
  [[nodiscard]] int gpus_in_node() const {
    const int node = std::max(gpu->gpus_per_node, gpu->fast_domain);
    return box_gpus > 0 ? std::min(box_gpus, node) : node;
  }

  /// G, GPUs of one stage: all of them hold a part of the experts.
  [[nodiscard]] int stage_gpus() const { return tensor_parallel * data_parallel; }
  [[nodiscard]] int gpus() const { return stage_gpus() * pipeline_parallel; }
};

/// Why a deployment cannot exist at all, independent of any class.
enum class ShapeRejection {
  kPrecisionNotOffered,    ///< the model is not published in it
  kPrecisionNotSupported,  ///< the GPU cannot run it
  kTensorParallelHeads,    ///< n does not divide n_h, or cannot split or copy n_kv evenly
  kTensorParallelDomain,   ///< n > GPUs of the fast domain
  kPipelineLayers,         ///< m > L
  kWeightsDoNotFit,        ///< no room for weights and one sequence of 1 token
};
[[nodiscard]] std::string_view to_string(ShapeRejection reason);

/// How the GPU computes with weights of a precision (docs/model.md, "Precision").
struct ComputeMode {
  double peak_flops = 0.0;  ///< F, dense; 0 = the GPU cannot run this precision
  double efficiency = 0.0;  ///< eta_F for many tokens, without the engine's factor
  bool native = false;      ///< false: weights are expanded to 16 bit on the fly ("weight-only")
};
/// What the dense layers are in: a mixture in 4 bit keeps them in 16 bit.
[[nodiscard]] Precision dense_precision(const ModelSpec& model, Precision precision);
/// The faster of the native format and weight-only kernels, of those the GPU has.
[[nodiscard]] ComputeMode compute_mode(const GpuType& gpu, Precision precision);

/// Whether the deployment could exist if the model came in its precision; nullopt = yes.
[[nodiscard]] std::optional<ShapeRejection> check_layout(const Deployment& deployment);
/// nullopt = the deployment can exist.
[[nodiscard]] std::optional<ShapeRejection> check_shape(const Deployment& deployment);

}  // namespace berth
