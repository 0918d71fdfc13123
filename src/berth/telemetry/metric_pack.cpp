// The names as of 2026, older spellings behind them. docs/prometheus.md has the table.

#include "berth/telemetry/metric_pack.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

struct RoleName {
  MetricRole role;
  std::string_view name;
};
constexpr std::array<RoleName, kMetricRoles> kRoleNames = {{
    {MetricRole::kArrivals, "arrivals"},
    {MetricRole::kCompletions, "completions"},
    {MetricRole::kPromptTokens, "prompt_tokens"},
    {MetricRole::kOutputTokens, "output_tokens"},
    {MetricRole::kPromptTokensTotal, "prompt_tokens_total"},
    {MetricRole::kOutputTokensTotal, "output_tokens_total"},
    {MetricRole::kPrefixQueries, "prefix_queries"},
    {MetricRole::kPrefixHits, "prefix_hits"},
    {MetricRole::kTtft, "ttft"},
    {MetricRole::kTpot, "tpot"},
    {MetricRole::kInterToken, "inter_token"},
    {MetricRole::kE2e, "e2e"},
    {MetricRole::kRunning, "running"},
    {MetricRole::kWaiting, "waiting"},
    {MetricRole::kKvUsage, "kv_usage"},
}};

MetricPack vllm_pack() {
  MetricPack pack;
  pack.name = "vllm";
  pack.model_labels = {"model_name"};
  pack.of(MetricRole::kCompletions) = {"vllm:request_success_total"};
  pack.of(MetricRole::kPromptTokens) = {"vllm:request_prompt_tokens"};
  pack.of(MetricRole::kOutputTokens) = {"vllm:request_generation_tokens"};
  pack.of(MetricRole::kPromptTokensTotal) = {"vllm:prompt_tokens_total"};
  pack.of(MetricRole::kOutputTokensTotal) = {"vllm:generation_tokens_total"};
  pack.of(MetricRole::kPrefixQueries) = {"vllm:prefix_cache_queries_total",
                                         "vllm:gpu_prefix_cache_queries_total"};
  pack.of(MetricRole::kPrefixHits) = {"vllm:prefix_cache_hits_total",
                                      "vllm:gpu_prefix_cache_hits_total"};
  pack.of(MetricRole::kTtft) = {"vllm:time_to_first_token_seconds"};
  pack.of(MetricRole::kTpot) = {"vllm:request_time_per_output_token_seconds"};
  pack.of(MetricRole::kInterToken) = {"vllm:inter_token_latency_seconds",
                                      "vllm:time_per_output_token_seconds"};
  pack.of(MetricRole::kE2e) = {"vllm:e2e_request_latency_seconds"};
  pack.of(MetricRole::kRunning) = {"vllm:num_requests_running"};
  pack.of(MetricRole::kWaiting) = {"vllm:num_requests_waiting"};
  pack.of(MetricRole::kKvUsage) = {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"};
  return pack;
}

/// The endpoint picker counts requests as they come; cache and queue are those of the engines.
MetricPack llm_d_pack() {
  MetricPack pack;
  pack.name = "llm-d";
  pack.model_labels = {"model_name"};
  pack.of(MetricRole::kArrivals) = {"llm_d_epp_request_total", "inference_objective_request_total",
                                    "inference_model_request_total"};
  pack.of(MetricRole::kPromptTokens) = {"llm_d_epp_request_input_tokens",
                                        "inference_objective_input_tokens",
                                        "inference_model_input_tokens"};
  pack.of(MetricRole::kOutputTokens) = {"llm_d_epp_request_output_tokens",
                                        "inference_objective_output_tokens",
                                        "inference_model_output_tokens"};
  pack.of(MetricRole::kPrefixQueries) = {"vllm:prefix_cache_queries_total"};
  pack.of(MetricRole::kPrefixHits) = {"vllm:prefix_cache_hits_total"};
  pack.of(MetricRole::kTtft) = {"llm_d_epp_request_ttft_seconds",
                                "inference_objective_request_ttft_seconds"};
  pack.of(MetricRole::kInterToken) = {"llm_d_epp_request_streaming_itl_seconds"};
  pack.of(MetricRole::kE2e) = {"llm_d_epp_request_duration_seconds",
                               "inference_objective_request_duration_seconds",
                               "inference_model_request_duration_seconds"};
  pack.of(MetricRole::kRunning) = {"llm_d_epp_request_running",
                                   "inference_objective_running_requests",
                                   "inference_model_running_requests"};
  pack.of(MetricRole::kWaiting) = {"vllm:num_requests_waiting"};
  pack.of(MetricRole::kKvUsage) = {"vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"};
  pack.running_includes_waiting = true;
  return pack;
}

/// Dynamo's frontend counts a request when it ends; one in flight may still wait for its first
/// token, when it is counted as queued too.
MetricPack dynamo_pack() {
  MetricPack pack;
  pack.name = "dynamo";
  pack.model_labels = {"model"};
  pack.of(MetricRole::kCompletions) = {"dynamo_frontend_requests_total"};
  pack.of(MetricRole::kPromptTokens) = {"dynamo_frontend_input_sequence_tokens"};
  pack.of(MetricRole::kOutputTokens) = {"dynamo_frontend_output_sequence_tokens"};
  pack.of(MetricRole::kTtft) = {"dynamo_frontend_time_to_first_token_seconds"};
  pack.of(MetricRole::kInterToken) = {"dynamo_frontend_inter_token_latency_seconds"};
  pack.of(MetricRole::kE2e) = {"dynamo_frontend_request_duration_seconds"};
  pack.of(MetricRole::kRunning) = {"dynamo_frontend_inflight_requests"};
  pack.of(MetricRole::kWaiting) = {"dynamo_frontend_queued_requests"};
  pack.running_includes_waiting = true;
  return pack;
}

MetricPack custom_pack() {
  MetricPack pack;
  pack.name = "custom";
  return pack;
}

struct PackRow {
  std::string_view name;
  MetricPack (*make)();
};
constexpr std::array kPacks = {PackRow{"vllm", vllm_pack}, PackRow{"llm-d", llm_d_pack},
                               PackRow{"dynamo", dynamo_pack}, PackRow{"custom", custom_pack}};

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
constexpr std::string_view kDecimalDigits = "0123456789";

bool is_identifier(std::string_view text, std::string_view extra) {
  if (text.empty() || kDecimalDigits.find(text[0]) != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return kLetters.find(c) != std::string_view::npos ||
           kDecimalDigits.find(c) != std::string_view::npos ||
           extra.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string_view to_string(MetricRole role) {
  return kRoleNames[static_cast<std::size_t>(role)].name;
}

std::span<const MetricRole> metric_roles() {
  static const auto roles = [] {
    std::array<MetricRole, kMetricRoles> all{};
    std::transform(kRoleNames.begin(), kRoleNames.end(), all.begin(),
                   [](const RoleName& row) { return row.role; });
    return all;
  }();
  return roles;
}

Result<MetricPack> metric_pack(std::string_view name) {
  const auto found = std::find_if(kPacks.begin(), kPacks.end(),
                                  [&](const PackRow& row) { return row.name == name; });
  if (found != kPacks.end()) return found->make();
  return Error{ErrorCode::kUnknownName, fmt::format("unknown metric pack '{}'", name), "",
               suggest(name, metric_pack_names())};
}

std::vector<std::string> metric_pack_names() {
  std::vector<std::string> names;
  for (const PackRow& row : kPacks) names.emplace_back(row.name);
  return names;
}

MetricPack engine_pack(const MetricPack& pack) {
  if (pack.name != "llm-d" && pack.name != "dynamo") return pack;
  MetricPack engines = vllm_pack();
  engines.deployment_labels = pack.deployment_labels;
  const std::array<std::pair<MetricRole, const char*>, 6> sglang = {
      {{MetricRole::kTtft, "sglang:time_to_first_token_seconds"},
       {MetricRole::kInterToken, "sglang:inter_token_latency_seconds"},
       {MetricRole::kE2e, "sglang:e2e_request_latency_seconds"},
       {MetricRole::kRunning, "sglang:num_running_reqs"},
       {MetricRole::kWaiting, "sglang:num_queue_reqs"},
       {MetricRole::kKvUsage, "sglang:token_usage"}}};
  for (const auto& [role, name] : sglang) engines.of(role).emplace_back(name);
  return engines;
}

bool is_metric_name(std::string_view text) { return is_identifier(text, ":"); }
bool is_label_name(std::string_view text) { return is_identifier(text, ""); }

}  // namespace berth
