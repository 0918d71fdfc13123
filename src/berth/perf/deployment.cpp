#include "berth/perf/deployment.h"

#include <algorithm>

#include "berth/core/text.h"
#include "berth/perf/memory.h"

namespace berth {
namespace {

enum class WeightOnly { kNone, kFourBitInteger, kAll };

/// Which weight-only kernels engines have, by vendor and architecture. NVIDIA: integer 4-bit
/// kernels from Volta on, 8-bit and floating 4-bit ones from Ampere on (vLLM, "Supported
/// hardware" of quantization). AMD: from CDNA3 on, integer 4 bit before. Gaudi: integer 4 bit.
WeightOnly weight_only_kernels(const GpuType& gpu) {
  const std::string vendor = to_lower(gpu.vendor);
  const std::string architecture = to_lower(gpu.architecture);
  if (vendor == "nvidia") {
    const bool old = architecture == "volta" || architecture == "turing";
    return old ? WeightOnly::kFourBitInteger : WeightOnly::kAll;
  }
  if (vendor == "amd") {
    const bool old = architecture == "cdna" || architecture == "cdna1" || architecture == "cdna2";
    return old ? WeightOnly::kFourBitInteger : WeightOnly::kAll;
  }
  if (vendor == "intel" || vendor == "habana") return WeightOnly::kFourBitInteger;
  return WeightOnly::kNone;
}

bool has_weight_only(const GpuType& gpu, Precision precision) {
  switch (weight_only_kernels(gpu)) {
    case WeightOnly::kAll: return true;
    case WeightOnly::kFourBitInteger: return precision == Precision::kInt4;
    case WeightOnly::kNone: break;
  }
  return false;
}

/// Engines give each GPU whole key-value heads, or whole copies of one.
bool splits_heads(const ModelSpec& model, int n) {
  if (n < 1 || model.heads % n != 0) return false;
  if (model.attention == AttentionKind::kMla) return true;  // the latent is copied to every GPU
  const int kv_heads = std::max(1, model.kv_heads);
  return n <= kv_heads ? kv_heads % n == 0 : n % kv_heads == 0;
}

}  // namespace

std::string_view to_string(ShapeRejection reason) {
  switch (reason) {
    case ShapeRejection::kPrecisionNotOffered:
      return "the model is not published in this precision";
    case ShapeRejection::kPrecisionNotSupported: return "the GPU cannot run this precision";
    case ShapeRejection::kTensorParallelHeads:
      return "the tensor-parallel degree does not divide the attention heads";
    case ShapeRejection::kTensorParallelDomain:
      return "the tensor-parallel degree exceeds the GPUs joined by one link";
    case ShapeRejection::kPipelineLayers: return "more pipeline stages than layers";
    case ShapeRejection::kWeightsDoNotFit: return "the weights do not fit in the GPUs' memory";
  }
  return "unknown";
}

Precision dense_precision(const ModelSpec& model, Precision precision) {
  const bool four_bit = precision == Precision::kInt4 || precision == Precision::kFp4;
  return four_bit && model.is_moe() ? Precision::kBf16 : precision;
}

ComputeMode compute_mode(const GpuType& gpu, Precision precision) {
  const GpuEfficiency& efficiency = gpu.efficiency;
  const ComputeMode wide{gpu.peak(Precision::kBf16), efficiency.compute,
                         precision == Precision::kBf16};
  if (precision == Precision::kBf16) return wide;

  ComputeMode best;
  if (has_weight_only(gpu, precision) && wide.peak_flops > 0.0) best = wide;
  // Four-bit integer weights have no arithmetic of their own (w4a16).
  if (precision == Precision::kInt4) return best;
  const double ratio =
      precision == Precision::kFp4 ? efficiency.compute_4bit : efficiency.compute_8bit;
  const ComputeMode native{gpu.peak(precision), efficiency.compute * ratio, true};
  if (native.peak_flops * native.efficiency > best.peak_flops * best.efficiency) best = native;
  return best;
}

std::optional<ShapeRejection> check_layout(const Deployment& deployment) {
  const ModelSpec& model = *deployment.model;
  const GpuType& gpu = *deployment.gpu;
  if (compute_mode(gpu, deployment.precision).peak_flops <= 0.0) {
    return ShapeRejection::kPrecisionNotSupported;
  }
  if (!splits_heads(model, deployment.tensor_parallel)) {
    return ShapeRejection::kTensorParallelHeads;
  }
  if (deployment.stage_gpus() > std::max(1, gpu.fast_domain)) {
    return ShapeRejection::kTensorParallelDomain;
  }
  if (deployment.pipeline_parallel < 1 || deployment.pipeline_parallel > model.layers) {
    return ShapeRejection::kPipelineLayers;
  }
  if (memory_use(deployment).kv_cache < kv_bytes_per_gpu(deployment, 1.0)) {
    return ShapeRejection::kWeightsDoNotFit;
  }
  return std::nullopt;
}

std::optional<ShapeRejection> check_shape(const Deployment& deployment) {
  const std::vector<Precision>& offered = deployment.model->precisions;
  if (std::find(offered.begin(), offered.end(), deployment.precision) == offered.end()) {
    return ShapeRejection::kPrecisionNotOffered;
  }
  return check_layout(deployment);
}

}  // namespace berth
