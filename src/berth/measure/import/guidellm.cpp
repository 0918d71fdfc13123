// GuideLLM's benchmarks.json: a list of benchmarks, one a load. request_latency is in seconds, the
// other times in milliseconds. Its time_per_output_token_ms counts the first token's time in, so
// that inter_token_latency_ms is what others call TPOT. 0 stands for what could not be measured.

#include <fmt/format.h>

#include "berth/core/units.h"
#include "berth/measure/import/bench_format.h"

namespace berth {
namespace {

bool is_guidellm(const Node& root) {
  const Node* benchmarks = root.find("benchmarks");
  return benchmarks != nullptr && benchmarks->kind == Node::Kind::kList;
}

std::optional<double> mean_of_successful(MapReader& metrics, const char* key, double unit,
                                         const char* name, BenchRun& run) {
  auto metric = map_of(metrics, key);
  if (!metric) return std::nullopt;
  auto successful = map_of(*metric, "successful");
  if (!successful) return std::nullopt;
  return mean_of(*successful, "mean", "median", unit, name, run);
}

void read_totals(MapReader& benchmark, MapReader& metrics, BenchRun& run) {
  auto totals = map_of(metrics, "request_totals");
  if (!totals) totals = map_of(benchmark, "request_totals");
  if (!totals) return;
  run.completed = count_of(*totals, "successful");
  run.failed = count_of(*totals, "errored").value_or(0.0);
}

/// The strategy stands in the benchmark's config, in older versions in its args.
void read_strategy(MapReader& benchmark, BenchRun& run) {
  auto holder = map_of(benchmark, "config");
  if (!holder || !holder->find("strategy")) holder = map_of(benchmark, "args");
  if (!holder) return;
  auto strategy = map_of(*holder, "strategy");
  if (!strategy) return;
  const std::string kind =
      text_of(*strategy, strategy->has("type_") ? "type_" : "kind").value_or("");
  if (kind == "synchronous") run.clients = 1.0;
  if (kind == "concurrent") run.clients = count_of(*strategy, "streams");
}

/// backend.model of `map`, or its model.
std::string model_in(MapReader& map) {
  const auto backend = map.find("backend");
  if (backend && backend->is_map()) {
    MapReader inner = backend->map();
    if (auto model = text_of(inner, "model")) return *model;
  }
  return text_of(map, "model").value_or("");
}

std::string model_of(MapReader& benchmark, MapReader& report) {
  for (const auto& [holder, key] : {std::pair(&benchmark, "config"), std::pair(&report, "args"),
                                    std::pair(&report, "config")}) {
    auto inner = map_of(*holder, key);
    if (!inner) continue;
    if (std::string model = model_in(*inner); !model.empty()) return model;
    auto spec = map_of(*inner, "spec");
    if (!spec) continue;
    if (std::string model = model_in(*spec); !model.empty()) return model;
  }
  auto worker = map_of(benchmark, "worker");
  return worker ? text_of(*worker, "backend_model").value_or("") : "";
}

void read_benchmark(const ValueReader& value, MapReader& report, const std::string& tool,
                    std::vector<MeasuredRow>& rows) {
  MapReader benchmark = value.map();
  auto metrics = map_of(benchmark, "metrics");
  if (!metrics) {
    if (value.is_map()) value.fail(ErrorCode::kMissing, "the key 'metrics' is missing");
    return;
  }
  BenchRun run;
  run.tool = tool;
  read_totals(benchmark, *metrics, run);
  if (run.completed && *run.completed == 0.0) return add_rows(std::move(run), value, rows);
  run.facts.model = model_of(benchmark, report);
  read_strategy(benchmark, run);
  run.ttft = mean_of_successful(*metrics, "time_to_first_token_ms", kMilli, "TTFT", run);
  run.tpot = mean_of_successful(*metrics, "inter_token_latency_ms", kMilli, "TPOT", run);
  run.e2e = mean_of_successful(*metrics, "request_latency", 1.0, "E2E", run);
  run.request_rate = mean_of_successful(*metrics, "requests_per_second", 1.0, "request rate", run);
  run.mean_concurrency =
      mean_of_successful(*metrics, "request_concurrency", 1.0, "concurrency", run);
  run.prompt_tokens = mean_of_successful(*metrics, "prompt_token_count", 1.0, "input length", run);
  run.output_tokens = mean_of_successful(*metrics, "output_token_count", 1.0, "output length", run);
  for (const auto& [key, read] : {std::pair("prompt_token_count", run.prompt_tokens),
                                  std::pair("output_token_count", run.output_tokens)}) {
    if (!read)
      metrics->fail(ErrorCode::kMissing,
                    fmt::format("'{}' has no mean of successful requests", key));
  }
  add_rows(std::move(run), value, rows);
}

void read_guidellm(const ValueReader& root, std::vector<MeasuredRow>& rows) {
  MapReader report(root);
  std::string tool = "GuideLLM";
  if (auto metadata = map_of(report, "metadata")) {
    if (const auto version = text_of(*metadata, "guidellm_version")) tool += " " + *version;
  }
  for (const ValueReader& benchmark : report.list("benchmarks")) {
    read_benchmark(benchmark, report, tool, rows);
  }
}

}  // namespace

BenchFormat guidellm_format() {
  return {"GuideLLM", "guidellm", "benchmarks", is_guidellm, read_guidellm};
}

}  // namespace berth
