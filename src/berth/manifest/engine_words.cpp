#include "berth/manifest/engine_words.h"

#include <algorithm>
#include <array>

#include "berth/core/text.h"
#include "berth/plan/engine_args.h"

namespace berth::manifest {
namespace {

struct Words {
  std::string_view engine;
  std::string_view model;   ///< flag of what is loaded, the first of the engine's arguments
  std::string_view served;  ///< flag of the names it answers to; empty: the engine has none
  bool many_names = false;
  bool needs_host = false;  ///< listens on the loopback alone unless told
  bool spans_nodes = false;
};

constexpr std::array kWords = {
    Words{"vllm", "--model", "--served-model-name", true, false, true},
    Words{"sglang", "--model-path", "--served-model-name", false, true, true},
    Words{"trtllm", "serve", "", false, true, false},
};

const Words* words_of(std::string_view engine) {
  const auto* row = std::find_if(kWords.begin(), kWords.end(),
                                 [engine](const Words& w) { return w.engine == engine; });
  return row == kWords.end() ? nullptr : row;
}

/// The value after any of these spellings of a flag.
template <std::size_t N>
std::optional<std::string> value_of(std::span<const std::string> args,
                                    const std::array<std::string_view, N>& spellings) {
  for (std::size_t k = 0; k + 1 < args.size(); ++k) {
    if (std::find(spellings.begin(), spellings.end(), args[k]) != spellings.end()) {
      return args[k + 1];
    }
  }
  return std::nullopt;
}

template <std::size_t N>
int whole_of(std::span<const std::string> args, const std::array<std::string_view, N>& spellings,
             int fallback) {
  const auto text = value_of(args, spellings);
  const auto number = text ? parse_integer(*text) : std::nullopt;
  return number ? static_cast<int>(*number) : fallback;
}

constexpr double kDefaultMemoryUtilization = 0.9;

EngineSettings settings_of(const PlanDeployment& d) {
  using Spellings = std::array<std::string_view, 3>;
  const std::span<const std::string> args = d.engine_args;
  EngineSettings settings;
  settings.model = loaded_model(args);
  settings.precision = precision_from(d.precision).value_or(Precision::kBf16);
  settings.tensor_parallel = d.tensor_parallel;
  settings.pipeline_parallel = d.pipeline_parallel;
  settings.max_model_len = whole_of(
      args, Spellings{"--max-model-len", "--context-length", "--max_seq_len"}, d.max_model_len);
  settings.max_num_seqs =
      whole_of(args, Spellings{"--max-num-seqs", "--max-running-requests", "--max_batch_size"},
               d.max_num_seqs);
  const auto memory = value_of(args, Spellings{"--gpu-memory-utilization", "--mem-fraction-static",
                                               "--kv_cache_free_gpu_memory_fraction"});
  settings.memory_utilization =
      (memory ? parse_number(*memory) : std::nullopt).value_or(kDefaultMemoryUtilization);
  const auto cache = value_of(args, std::array<std::string_view, 1>{"--kv-cache-dtype"});
  if (cache && cache->starts_with("fp8")) settings.kv_cache = CacheFormat::k8Bit;
  const auto type = value_of(args, std::array<std::string_view, 1>{"--dtype"});
  settings.has_bf16 = !type || *type != "half";
  return settings;
}

void append(std::vector<std::string>& args, std::initializer_list<std::string> more) {
  args.insert(args.end(), more);
}

/// How the nodes of a replica find each other. LeaderWorkerSet sets both variables.
void append_nodes(std::vector<std::string>& args, const ServeWords& words) {
  if (words.nodes <= 1) return;
  append(args, {"--nnodes", std::to_string(words.nodes), "--node-rank", "$(LWS_WORKER_INDEX)"});
  if (words.engine == "sglang") {
    append(args, {"--dist-init-addr", "$(LWS_LEADER_ADDRESS):20000"});
    return;
  }
  append(args, {"--master-addr", "$(LWS_LEADER_ADDRESS)"});
  if (words.worker) args.emplace_back("--headless");
}

}  // namespace

std::optional<std::string> engine_of(std::span<const std::string> args) {
  if (args.empty()) return std::nullopt;
  for (const Words& words : kWords) {
    if (args.front() == words.model) return std::string(words.engine);
  }
  return std::nullopt;
}

std::vector<std::string> args_for(const std::string& engine, const PlanDeployment& deployment) {
  if (engine_of(deployment.engine_args) == engine) return deployment.engine_args;
  return engine_args(engine, settings_of(deployment));
}

std::string loaded_model(std::span<const std::string> args) {
  return args.size() > 1 ? args[1] : std::string();
}

std::vector<std::string> serve_args(std::vector<std::string> args, const ServeWords& words) {
  const Words* own = words_of(words.engine);
  if (own == nullptr || args.size() < 2) return args;
  args[1] = words.load;
  if (words.positional) args.erase(args.begin());
  for (std::string& arg : args) arg = unexpanded(arg);
  if (!own->served.empty() && !words.served_names.empty()) {
    args.emplace_back(own->served);
    const std::size_t count = own->many_names ? words.served_names.size() : 1;
    for (std::size_t k = 0; k < count; ++k) args.push_back(unexpanded(words.served_names[k]));
  }
  if (own->needs_host) append(args, {"--host", "0.0.0.0"});
  append(args, {"--port", std::to_string(words.port)});
  append_nodes(args, words);
  return args;
}

bool spans_nodes(std::string_view engine) {
  const Words* own = words_of(engine);
  return own != nullptr && own->spans_nodes;
}

std::string unexpanded(std::string_view text) {
  std::string out;
  for (const char c : text) out += c == '$' ? "$$" : std::string(1, c);
  return out;
}

}  // namespace berth::manifest
