#pragma once
// The names of a measured row against the catalog's.

#include <optional>
#include <string>
#include <string_view>

#include "berth/catalog/catalog.h"
#include "berth/measure/measured_row.h"

namespace berth {

struct ResolvedNames {
  const ModelSpec* model = nullptr;  ///< of the catalog; null = unknown
  const GpuType* gpu = nullptr;
  const EngineProfile* engine_profile = nullptr;  ///< vLLM's where the engine has none; never null
                                                  ///< where the GPU is known
  bool own_profile = false;                       ///< the engine has one of its own
  std::optional<Precision> precision;
  std::string engine;  ///< family: "vllm", "sglang-2024", ...
  bool engine_known = false;

  [[nodiscard]] bool complete() const { return model != nullptr && gpu != nullptr && precision; }
};

/// By name or alias, case-insensitive. A dtype that is marked as a guess ("bf16?") is read as it
/// stands; an empty one is the model's own.
[[nodiscard]] ResolvedNames resolve_names(const MeasuredRow& row, const Catalog& catalog);

/// "vllm-0.12.0" -> "vllm", "trt" -> "trtllm", "vllm-2024(helix worker)" -> "vllm-2024". Releases
/// that are known by their year alone stay apart: engines of then are another machine. A name
/// nobody knows stays as it is.
[[nodiscard]] std::string engine_family(std::string_view name, bool* known = nullptr);

}  // namespace berth
