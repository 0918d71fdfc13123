#pragma once
// One way to run a model: which GPU, which precision, how parallel.

#include <optional>
#include <string>

#include "berth/catalog/gpu_type.h"
#include "berth/catalog/model_spec.h"

namespace berth {

struct Deployment {
  const ModelSpec* model = nullptr;  ///< not owned
  const GpuType* gpu = nullptr;      ///< not owned
  Precision precision = Precision::kBf16;
  int tensor_parallel = 1;    ///< n
  int pipeline_parallel = 1;  ///< m
  double memory_utilization = 0.90;  ///< u
  int max_num_seqs = 256;            ///< engine's own limit on concurrency, whole replica

  [[nodiscard]] int gpus() const { return tensor_parallel * pipeline_parallel; }
};

/// Why a deployment cannot exist at all, independent of any class.
enum class ShapeRejection {
  kPrecisionNotOffered,     ///< the model is not published in it
  kPrecisionNotSupported,   ///< the GPU cannot run it
  kTensorParallelHeads,     ///< n does not divide n_h
  kTensorParallelDomain,    ///< n > GPUs of the fast domain / node
  kPipelineLayers,          ///< m > L
  kWeightsDoNotFit,         ///< no room for weights and one sequence of 1 token
};
[[nodiscard]] std::string_view to_string(ShapeRejection reason);

/// nullopt = the deployment can exist.
[[nodiscard]] std::optional<ShapeRejection> check_shape(const Deployment& deployment);

}  // namespace berth
