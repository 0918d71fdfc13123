#pragma once
// Which metric means what: a table for each source of metrics, names in order of preference.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"

namespace berth {

enum class MetricRole : std::uint8_t {
  kArrivals,           ///< counter, requests as they come
  kCompletions,        ///< counter, requests as they end
  kPromptTokens,       ///< histogram, a prompt's tokens
  kOutputTokens,       ///< histogram, generated tokens of a request
  kPromptTokensTotal,  ///< counter, tokens; where there is no histogram
  kOutputTokensTotal,  ///< counter, tokens
  kPrefixQueries,      ///< counter, prompt tokens looked up in the prefix cache
  kPrefixHits,         ///< counter, those found
  kTtft,               ///< histogram, s
  kTpot,               ///< histogram, s, a request's mean time per output token
  kInterToken,         ///< histogram, s, every gap between tokens
  kE2e,                ///< histogram, s
  kRunning,            ///< gauge, requests
  kWaiting,            ///< gauge, requests
  kKvUsage,            ///< gauge, share of the KV cache in use
};
inline constexpr std::size_t kMetricRoles = static_cast<std::size_t>(MetricRole::kKvUsage) + 1;

/// As a mapping file spells it: "arrivals", "prompt_tokens", "kv_usage", ...
[[nodiscard]] std::string_view to_string(MetricRole role);
[[nodiscard]] std::span<const MetricRole> metric_roles();

/// Names of one source. Histograms go by their base name (without _bucket), counters by the name
/// they are sampled under (with _total).
struct MetricPack {
  std::string name;
  std::vector<std::string> model_labels;  ///< that name the model, in order of preference
  /// That name the deployment an engine's series come from, or begin with its name, as pods do. In
  /// order of preference.
  std::vector<std::string> deployment_labels = {"deployment", "app_kubernetes_io_name", "pod"};
  /// By role; the first name that a series is found under counts, instance by instance.
  std::array<std::vector<std::string>, kMetricRoles> names;
  bool running_includes_waiting = false;  ///< the gauge of running requests counts waiting ones

  [[nodiscard]] const std::vector<std::string>& of(MetricRole role) const {
    return names[static_cast<std::size_t>(role)];
  }
  std::vector<std::string>& of(MetricRole role) { return names[static_cast<std::size_t>(role)]; }
};

/// "vllm", "llm-d", "dynamo", and "custom" without any name. Errors: kUnknownName.
[[nodiscard]] Result<MetricPack> metric_pack(std::string_view name);
[[nodiscard]] std::vector<std::string> metric_pack_names();

/// The names of what stands in the cluster behind it: a pack of engines is its own; a gateway or a
/// frontend has engines of vLLM or SGLang.
[[nodiscard]] MetricPack engine_pack(const MetricPack& pack);

/// [a-zA-Z_:][a-zA-Z0-9_:]*
[[nodiscard]] bool is_metric_name(std::string_view text);
/// [a-zA-Z_][a-zA-Z0-9_]*
[[nodiscard]] bool is_label_name(std::string_view text);

}  // namespace berth
