// NVIDIA AIPerf's profile_export_aiperf.json and its ancestor, GenAI-Perf's
// profile_export_genai_perf.json: a map of metrics, each with its unit, mean and percentiles. Its
// inter_token_latency is the time between first and last token over the tokens between.

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/core/units.h"
#include "berth/measure/import/bench_format.h"

namespace berth {
namespace {

constexpr std::array kTimeUnits = {std::pair("ms", kMilli),   std::pair("sec", 1.0),
                                   std::pair("s", 1.0),       std::pair("us", kMicro),
                                   std::pair("seconds", 1.0), std::pair("ns", kMilli* kMicro)};

bool is_aiperf(const Node& root) {
  for (const char* key : {"request_latency", "request_throughput"}) {
    const Node* metric = root.find(key);
    if (metric != nullptr && metric->find("unit") != nullptr) return true;
  }
  return false;
}

std::optional<double> read_metric(MapReader& map, const char* key, const char* name,
                                  BenchRun& run) {
  auto metric = map_of(map, key);
  return metric ? mean_of(*metric, "avg", "p50", 1.0, name, run) : std::nullopt;
}

std::optional<double> read_time(MapReader& map, const char* key, const char* name, BenchRun& run) {
  const std::optional<double> value = read_metric(map, key, name, run);
  if (!value) return std::nullopt;
  auto metric = map_of(map, key);
  const std::string unit = metric->string("unit");
  const auto* known = std::find_if(kTimeUnits.begin(), kTimeUnits.end(),
                                   [&](const auto& one) { return unit == one.first; });
  if (known != kTimeUnits.end()) return *value * known->second;
  if (!unit.empty()) {
    metric->fail(ErrorCode::kWrongUnit, fmt::format("unknown unit '{}' of a time", unit),
                 "expected ms, sec, us or ns");
  }
  return std::nullopt;
}

double count_errors(MapReader& map) {
  if (auto metric = map_of(map, "error_request_count")) {
    return count_of(*metric, "avg").value_or(0.0);
  }
  double failed = 0.0;
  for (const ValueReader& one : map.list("error_summary")) {
    MapReader error = one.map();
    failed += count_of(error, "count").value_or(0.0);
  }
  return failed;
}

/// The names in a text, a list of texts, or a list of maps with "name".
void add_names(MapReader& map, const char* key, std::vector<std::string>& names) {
  const auto value = map.find(key);
  if (!value) return;
  if (value->is_map()) {
    MapReader inner = value->map();
    return add_names(inner, "items", names);
  }
  if (!value->is_list()) {
    if (auto name = text_of(map, key)) names.push_back(*name);
    return;
  }
  for (const ValueReader& item : value->list()) {
    if (item.is_map()) {
      MapReader inner = item.map();
      names.push_back(inner.string("name"));
    } else if (auto name = item.string()) {
      names.push_back(*name);
    }
  }
}

void read_model(MapReader& config, BenchRun& run) {
  std::vector<std::string> names;
  for (const char* key : {"models", "model", "model_names"}) {
    if (names.empty()) add_names(config, key, names);
  }
  auto endpoint = map_of(config, "endpoint");
  if (endpoint && names.empty()) add_names(*endpoint, "model_names", names);
  if (names.size() > 1) {
    config.fail(ErrorCode::kUnsupported,
                fmt::format("a run of {} models at once: {}, ...", names.size(), names.front()),
                "measure one model at a time");
  }
  if (!names.empty()) run.facts.model = names.front();
}

/// A fixed rate of requests leaves the concurrency to the servers.
void read_load_of(MapReader& load, const char* rate, BenchRun& run) {
  const std::optional<double> clients = count_of(load, "concurrency");
  const std::optional<double> per_second = count_of(load, rate);
  if (clients && *clients >= 1.0 && !per_second) run.clients = clients;
}

/// Of several measured phases none is the load of the whole run.
void read_phases(const std::vector<ValueReader>& phases, BenchRun& run) {
  std::size_t measured = 0;
  for (const ValueReader& one : phases) {
    MapReader phase = one.map();
    const char* kind = phase.has("kind") ? "kind" : "name";
    if (text_of(phase, kind) == "warmup") continue;
    ++measured;
    read_load_of(phase, "rate", run);
  }
  if (measured > 1) run.clients.reset();
}

void read_config(MapReader& config, BenchRun& run) {
  read_model(config, run);
  const auto phases = config.find("phases");
  if (phases && phases->is_list()) return read_phases(phases->list(), run);
  if (auto load = map_of(config, "loadgen")) return read_load_of(*load, "request_rate", run);
  auto analyzer = map_of(config, "perf_analyzer");
  auto stimulus = analyzer ? map_of(*analyzer, "stimulus") : std::nullopt;
  if (stimulus) return read_load_of(*stimulus, "request_rate", run);
  read_load_of(config, "request_rate", run);
}

/// Where telemetry was on, the driver's name of the GPU, in the spelling of catalogs:
/// "NVIDIA-H100-80GB-HBM3".
void read_gpu(MapReader& map, BenchRun& run) {
  auto telemetry = map_of(map, "telemetry_data");
  auto endpoints = telemetry ? map_of(*telemetry, "endpoints") : std::nullopt;
  if (!endpoints) return;
  for (const auto& [host, endpoint] : endpoints->entries()) {
    MapReader at = endpoint.map();
    auto gpus = map_of(at, "gpus");
    if (!gpus) continue;
    for (const auto& [index, one] : gpus->entries()) {
      MapReader gpu = one.map();
      std::string name = text_of(gpu, "gpu_name").value_or("");
      std::replace(name.begin(), name.end(), ' ', '-');
      if (run.facts.gpu.empty()) run.facts.gpu = name;
      if (run.facts.gpu != name) return run.facts.gpu.clear();
    }
  }
}

std::string tool_of(MapReader& map, const std::optional<MapReader>& config) {
  if (const auto version = text_of(map, "aiperf_version")) return "AIPerf " + *version;
  const bool aiperf = map.has("schema_version") || map.has("was_cancelled") ||
                      (config && (config->has("loadgen") || config->has("phases")));
  return aiperf ? "AIPerf" : "GenAI-Perf";
}

void read_lengths(MapReader& map, BenchRun& run) {
  run.prompt_tokens = read_metric(map, "input_sequence_length", "input length", run);
  run.output_tokens = read_metric(map, "output_sequence_length", "output length", run);
  for (const auto& [key, read] : {std::pair("input_sequence_length", run.prompt_tokens),
                                  std::pair("output_sequence_length", run.output_tokens)}) {
    if (!read) map.fail(ErrorCode::kMissing, fmt::format("'{}' has no mean", key));
  }
}

void read_aiperf(const ValueReader& root, std::vector<MeasuredRow>& rows) {
  MapReader map(root);
  BenchRun run;
  auto config = map_of(map, "input_config");
  run.tool = tool_of(map, config);
  run.failed = count_errors(map);
  if (auto requests = map_of(map, "request_count")) run.completed = count_of(*requests, "avg");
  if (run.completed && *run.completed == 0.0) return add_rows(std::move(run), root, rows);
  if (config) read_config(*config, run);
  read_gpu(map, run);
  read_lengths(map, run);
  run.ttft = read_time(map, "time_to_first_token", "TTFT", run);
  run.tpot = read_time(map, "inter_token_latency", "TPOT", run);
  run.e2e = read_time(map, "request_latency", "E2E", run);
  run.request_rate = read_metric(map, "request_throughput", "request rate", run);
  // Without streaming GenAI-Perf takes the whole answer for the first token.
  if (run.ttft && run.ttft == run.e2e && run.output_tokens.value_or(1.0) > 1.0) {
    run.ttft.reset();
    run.tpot.reset();
    run.notes.emplace_back("not streamed");
  }
  if (map.boolean("was_cancelled", false)) run.notes.emplace_back("SUSPECT: the run was cancelled");
  add_rows(std::move(run), root, rows);
}

}  // namespace

BenchFormat aiperf_format() {
  return {"AIPerf or GenAI-Perf", "aiperf", "request_latency with a unit", is_aiperf, read_aiperf};
}

}  // namespace berth
