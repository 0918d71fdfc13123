#pragma once
// A deployment as the command line of a serving engine. Engines' defaults drift between releases,
// so every value the plan relies on is written out.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/catalog/gpu_type.h"
#include "berth/catalog/model_spec.h"

namespace berth {

/// What a plan decides about an engine, in no engine's words.
struct EngineSettings {
  std::string model;  ///< what the engine loads: a Hugging Face id, or the catalog's name
  Precision precision = Precision::kBf16;
  int tensor_parallel = 1;
  int pipeline_parallel = 1;
  int max_model_len = 0;
  int max_num_seqs = 0;
  double memory_utilization = 0.0;  ///< u
  CacheFormat kv_cache = CacheFormat::k16Bit;
  bool has_bf16 = true;  ///< false: the GPU computes 16 bit as fp16
};

/// Tokens of a key-value block.
inline constexpr int kBlockTokens = 16;

/// The engine's own words for each setting, one flag or value per entry. An engine of which a
/// release is named ("vllm-2024") has the engine's words. Empty: no table for such an engine.
[[nodiscard]] std::vector<std::string> engine_args(std::string_view engine,
                                                   const EngineSettings& settings);

/// What takes such arguments: "python3 -m vllm.entrypoints.openai.api_server". Each engine's first
/// flag is its own. Empty if no engine has them.
[[nodiscard]] std::string_view engine_program(std::span<const std::string> args);

/// "vllm", ...
[[nodiscard]] std::vector<std::string> engine_names();

/// False for GPUs older than Ampere (Volta, Turing): engines refuse bf16 there and run fp16.
[[nodiscard]] bool has_bf16(const GpuType& gpu);

/// The model's Hugging Face id (its first alias with a '/'), else its name.
[[nodiscard]] std::string engine_model(const ModelSpec& model);

}  // namespace berth
