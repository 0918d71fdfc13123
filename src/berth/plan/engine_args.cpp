#include "berth/plan/engine_args.h"

#include <algorithm>
#include <array>

#include "berth/core/text.h"
#include "berth/perf/memory.h"

namespace berth {
namespace {

using Value = std::string (*)(const EngineSettings&);

/// One flag of an engine. `value` null: a switch; empty text: the flag is left out.
struct Flag {
  std::string_view name;
  Value value = nullptr;
};

std::string model(const EngineSettings& s) { return s.model; }
std::string tensor_parallel(const EngineSettings& s) { return std::to_string(s.tensor_parallel); }
std::string pipeline_parallel(const EngineSettings& s) {
  return std::to_string(s.pipeline_parallel);
}
std::string max_model_len(const EngineSettings& s) { return std::to_string(s.max_model_len); }
std::string max_num_seqs(const EngineSettings& s) { return std::to_string(s.max_num_seqs); }
std::string memory_utilization(const EngineSettings& s) { return shortest(s.memory_utilization); }
std::string block_size(const EngineSettings&) { return std::to_string(kBlockTokens); }

/// The budget the memory model reserves activations for. vLLM refuses one below the number of
/// sequences.
std::string max_batched_tokens(const EngineSettings& s) {
  return std::to_string(std::max(static_cast<int>(kPassTokenBudget), s.max_num_seqs));
}

/// Activations stay at 16 bit; the plan's memory model holds the key-value cache at 16 bit too.
std::string dtype(const EngineSettings& s) { return s.has_bf16 ? "bfloat16" : "half"; }
std::string kv_cache_dtype(const EngineSettings&) { return "auto"; }

/// vLLM's names of weight formats; bf16 needs none.
std::string vllm_quantization(const EngineSettings& s) {
  switch (s.precision) {
    case Precision::kBf16: return {};
    case Precision::kFp8: return "fp8";
    case Precision::kInt8: return "compressed-tensors";
    case Precision::kInt4: return "awq_marlin";
    case Precision::kFp4: return "mxfp4";
  }
  return {};
}

constexpr std::array kVllm = {
    Flag{"--model", model},
    Flag{"--tensor-parallel-size", tensor_parallel},
    Flag{"--pipeline-parallel-size", pipeline_parallel},
    Flag{"--max-model-len", max_model_len},
    Flag{"--max-num-seqs", max_num_seqs},
    Flag{"--max-num-batched-tokens", max_batched_tokens},
    Flag{"--gpu-memory-utilization", memory_utilization},
    Flag{"--dtype", dtype},
    Flag{"--quantization", vllm_quantization},
    Flag{"--kv-cache-dtype", kv_cache_dtype},
    Flag{"--block-size", block_size},
    Flag{"--enable-chunked-prefill"},
    Flag{"--enable-prefix-caching"},
};

struct Engine {
  std::string_view name;
  std::span<const Flag> flags;
};

// Another engine is one more table and one more row.
constexpr std::array kEngines = {Engine{"vllm", kVllm}};

}  // namespace

bool has_bf16(const GpuType& gpu) {
  return gpu.architecture != "turing" && gpu.architecture != "volta";
}

std::optional<std::vector<std::string>> engine_args(std::string_view engine,
                                                    const EngineSettings& settings) {
  const auto* row = std::find_if(kEngines.begin(), kEngines.end(),
                                 [engine](const Engine& e) { return e.name == engine; });
  if (row == kEngines.end()) return std::nullopt;
  std::vector<std::string> args;
  for (const Flag& flag : row->flags) {
    if (flag.value == nullptr) {
      args.emplace_back(flag.name);
      continue;
    }
    std::string value = flag.value(settings);
    if (value.empty()) continue;
    args.emplace_back(flag.name);
    args.push_back(std::move(value));
  }
  return args;
}

std::vector<std::string> engine_names() {
  std::vector<std::string> names;
  for (const Engine& engine : kEngines) names.emplace_back(engine.name);
  return names;
}

std::string engine_model(const ModelSpec& spec) {
  for (const std::string& alias : spec.aliases) {
    if (alias.find('/') != std::string::npos) return alias;
  }
  return spec.name;
}

}  // namespace berth
