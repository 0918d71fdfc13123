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

/// Activations stay at 16 bit.
std::string dtype(const EngineSettings& s) { return s.has_bf16 ? "bfloat16" : "half"; }
bool has_8bit_cache(const EngineSettings& s) { return s.kv_cache == CacheFormat::k8Bit; }
std::string kv_cache_dtype(const EngineSettings& s) { return has_8bit_cache(s) ? "fp8" : "auto"; }
std::string sglang_cache(const EngineSettings& s) {
  return has_8bit_cache(s) ? "fp8_e4m3" : "auto";
}

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

std::string sglang_quantization(const EngineSettings& s) {
  switch (s.precision) {
    case Precision::kBf16: return {};
    case Precision::kFp8: return "fp8";
    case Precision::kInt8: return "w8a8_int8";
    case Precision::kInt4: return "awq_marlin";
    case Precision::kFp4: return "modelopt_fp4";
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

// SGLang, "Server Arguments". Chunked prefill and the prefix cache are on unless switched off.
constexpr std::array kSglang = {
    Flag{"--model-path", model},
    Flag{"--tp-size", tensor_parallel},
    Flag{"--pp-size", pipeline_parallel},
    Flag{"--context-length", max_model_len},
    Flag{"--max-running-requests", max_num_seqs},
    Flag{"--chunked-prefill-size", max_batched_tokens},
    Flag{"--mem-fraction-static", memory_utilization},
    Flag{"--dtype", dtype},
    Flag{"--quantization", sglang_quantization},
    Flag{"--kv-cache-dtype", sglang_cache},
};

// trtllm-serve. The model is its first argument; the format of the weights is the checkpoint's.
constexpr std::array kTrtllm = {
    Flag{"serve", model},
    Flag{"--tp_size", tensor_parallel},
    Flag{"--pp_size", pipeline_parallel},
    Flag{"--max_seq_len", max_model_len},
    Flag{"--max_batch_size", max_num_seqs},
    Flag{"--max_num_tokens", max_batched_tokens},
    Flag{"--kv_cache_free_gpu_memory_fraction", memory_utilization},
};

struct Engine {
  std::string_view name;
  std::string_view program;  ///< what the flags are given to
  std::span<const Flag> flags;
};

// Another engine is one more table and one more row.
constexpr std::array kEngines = {
    Engine{"vllm", "python3 -m vllm.entrypoints.openai.api_server", kVllm},
    Engine{"sglang", "python3 -m sglang.launch_server", kSglang},
    Engine{"trtllm", "trtllm-serve", kTrtllm}};

}  // namespace

bool has_bf16(const GpuType& gpu) {
  return gpu.architecture != "turing" && gpu.architecture != "volta";
}

std::vector<std::string> engine_args(std::string_view engine, const EngineSettings& settings) {
  const auto* row = std::find_if(kEngines.begin(), kEngines.end(), [engine](const Engine& e) {
    return engine.starts_with(e.name) &&
           (engine.size() == e.name.size() || engine[e.name.size()] == '-');
  });
  std::vector<std::string> args;
  if (row == kEngines.end()) return args;
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

std::string_view engine_program(std::span<const std::string> args) {
  if (args.empty()) return {};
  for (const Engine& engine : kEngines) {
    if (engine.flags.front().name == args.front()) return engine.program;
  }
  return {};
}

std::string engine_model(const ModelSpec& spec) {
  for (const std::string& alias : spec.aliases) {
    if (alias.find('/') != std::string::npos) return alias;
  }
  return spec.name;
}

}  // namespace berth
