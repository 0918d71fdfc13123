// kubernetes-sigs/inference-perf: stage_N_lifecycle_metrics.json and
// summary_lifecycle_metrics.json. Times are in seconds. Its TPOT is the time between first and last
// token over the tokens between.

#include <fmt/format.h>

#include "berth/measure/import/bench_format.h"

namespace berth {
namespace {

/// A share of the prompts in the prefix cache from which the time to the first token is another
/// one.
constexpr double kMuchCached = 0.05;

bool is_inference_perf(const Node& root) {
  return root.find("successes") != nullptr && root.find("load_summary") != nullptr;
}

void read_latency(MapReader& latency, BenchRun& run) {
  const auto read = [&](const char* key, const char* name) -> std::optional<double> {
    auto statistics = map_of(latency, key);
    if (!statistics) return std::nullopt;
    return mean_of(*statistics, "mean", "median", 1.0, name, run);
  };
  run.ttft = read("time_to_first_token", "TTFT");
  run.tpot = read("time_per_output_token", "TPOT");
  if (!run.tpot) run.tpot = read("inter_token_latency", "TPOT");
  run.e2e = read("request_latency", "E2E");
}

/// The later of the two names is the server's own count.
std::optional<double> length(MapReader& successes, const char* newer, const char* older,
                             const char* name, BenchRun& run) {
  for (const char* key : {newer, older}) {
    auto statistics = map_of(successes, key);
    if (!statistics) continue;
    if (const auto mean = mean_of(*statistics, "mean", "median", 1.0, name, run)) return mean;
  }
  successes.fail(ErrorCode::kMissing,
                 fmt::format("neither '{}' nor '{}' has a mean", newer, older));
  return std::nullopt;
}

void read_lengths(MapReader& successes, BenchRun& run) {
  run.prompt_tokens = length(successes, "prompt_tokens", "prompt_len", "input length", run);
  run.output_tokens = length(successes, "output_tokens", "output_len", "output length", run);
  auto prompts = map_of(successes, "prompt_tokens");
  if (!prompts) return;
  const double total = count_of(*prompts, "total").value_or(0.0);
  const double cached = count_of(*prompts, "cached").value_or(0.0);
  if (!(total > 0.0) || !(cached > 0.0)) return;
  run.notes.push_back(fmt::format("{}{:.3g} % of the prompt tokens came from the prefix cache",
                                  cached / total >= kMuchCached ? "SUSPECT: " : "",
                                  100.0 * cached / total));
}

void read_load(MapReader& map, BenchRun& run) {
  auto load = map_of(map, "load_summary");
  if (!load) return;
  run.clients = count_of(*load, "concurrency");
  if (run.clients && *run.clients < 1.0) run.clients.reset();
  if (!load->find("requested_rate") && !run.clients) {
    run.notes.emplace_back("SUSPECT: all stages together, whose loads may differ");
  }
}

void read_inference_perf(const ValueReader& root, std::vector<MeasuredRow>& rows) {
  MapReader map(root);
  auto successes = map_of(map, "successes");
  if (!successes) {
    return root.fail(ErrorCode::kMissing, "'successes' has no value, expected a map");
  }
  BenchRun run;
  run.tool = "inference-perf";
  run.completed = count_of(*successes, "count");
  if (auto failures = map_of(map, "failures"))
    run.failed = count_of(*failures, "count").value_or(0.0);
  if (run.completed && *run.completed == 0.0) return add_rows(std::move(run), root, rows);
  auto latency = map_of(*successes, "latency");
  if (!latency) {
    return root.fail(ErrorCode::kUnsupported, "has no latencies of requests (/successes/latency)",
                     "give stage_N_lifecycle_metrics.json, not the server's own metrics");
  }
  read_latency(*latency, run);
  read_lengths(*successes, run);
  if (auto rates = map_of(*successes, "throughput"))
    run.request_rate = count_of(*rates, "requests_per_sec");
  read_load(map, run);
  add_rows(std::move(run), root, rows);
}

}  // namespace

BenchFormat inference_perf_format() {
  return {"inference-perf", "inference-perf", "successes, load_summary", is_inference_perf,
          read_inference_perf};
}

}  // namespace berth
