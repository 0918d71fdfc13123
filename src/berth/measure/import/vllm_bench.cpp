// The file of `vllm bench serve --save-result`, benchmark_serving.py before it: one flat map a run;
// --append-result puts a run on each line. SGLang's bench_serving writes nearly the same.

#include <algorithm>

#include <fmt/format.h>

#include "berth/core/units.h"
#include "berth/measure/import/bench_format.h"

namespace berth {
namespace {

bool is_vllm_bench(const Node& root) {
  return root.find("completed") != nullptr && root.find("total_input_tokens") != nullptr &&
         root.find("request_throughput") != nullptr;
}

/// Written by --metadata KEY=VALUE; the backend names the protocol of the requests, no engine.
void read_metadata(MapReader& map, BenchRun& run) {
  run.facts.model = text_of(map, "model_id").value_or("");
  run.facts.gpu = text_of(map, "gpu").value_or("");
  run.facts.engine = text_of(map, "engine").value_or("");
  run.facts.dtype = text_of(map, map.has("precision") ? "precision" : "dtype").value_or("");
  run.facts.tensor_parallel = degree_of(map, "tp");
  run.facts.pipeline_parallel = degree_of(map, "pp");
}

/// A rate that is a number was kept; "inf" (all requests at once, as far as the limit on
/// concurrency lets them) and "trace" are texts.
void read_load(MapReader& map, BenchRun& run) {
  const std::optional<ValueReader> rate = map.find("request_rate");
  const bool ramp = map.find("ramp_up_strategy").has_value();
  const std::string_view word = rate ? std::string_view(rate->node().text) : "inf";
  const std::optional<double> most = count_of(map, "max_concurrency");
  const std::optional<double> prompts = count_of(map, "num_prompts");
  if (ramp || (word != "inf" && word != "Infinity")) return;
  const double sent = prompts.value_or(run.completed.value_or(0.0) + run.failed);
  if (most && *most >= 1.0 && *most < sent) {
    run.clients = most;
  } else if (sent >= 1.0) {
    run.at_once = sent;
  }
}

void read_lengths(MapReader& map, BenchRun& run) {
  const double completed = run.completed.value_or(0.0);
  const double input = map.number("total_input_tokens", kNotNegative);
  const double output = map.number("total_output_tokens", kNotNegative);
  if (!(completed > 0.0)) return;
  run.prompt_tokens = input / completed;
  run.output_tokens = output / completed;
}

void read_vllm_bench(const ValueReader& root, std::vector<MeasuredRow>& rows) {
  MapReader map(root);
  BenchRun run;
  const bool sglang = map.has("mean_e2e_latency_ms");
  run.tool = sglang ? "SGLang bench_serving" : "vllm bench serve";
  run.completed = map.number("completed", kNotNegative);
  run.failed = count_of(map, "failed")
                   .value_or(std::max(0.0, count_of(map, "num_prompts").value_or(0.0) -
                                               run.completed.value_or(0.0)));
  run.duration = count_of(map, "duration");
  run.request_rate = map.number("request_throughput", kNotNegative);
  read_metadata(map, run);
  read_lengths(map, run);
  read_load(map, run);
  run.ttft = mean_of(map, "mean_ttft_ms", "median_ttft_ms", kMilli, "TTFT", run);
  run.tpot = mean_of(map, "mean_tpot_ms", "median_tpot_ms", kMilli, "TPOT", run);
  if (!run.tpot) run.tpot = mean_of(map, "mean_itl_ms", "median_itl_ms", kMilli, "TPOT", run);
  run.e2e = sglang
                ? mean_of(map, "mean_e2e_latency_ms", "median_e2e_latency_ms", kMilli, "E2E", run)
                : mean_of(map, "mean_e2el_ms", "median_e2el_ms", kMilli, "E2E", run);
  const double accepted =
      count_of(map, sglang ? "accept_length" : "spec_decode_acceptance_length").value_or(1.0);
  if (accepted > 1.0) {
    run.notes.push_back(
        fmt::format("SUSPECT: speculative decoding, {:.3g} tokens a step", accepted));
  }
  add_rows(std::move(run), root, rows);
}

}  // namespace

BenchFormat vllm_bench_format() {
  return {"vllm bench serve", "vllm-bench", "completed, total_input_tokens, request_throughput",
          is_vllm_bench, read_vllm_bench};
}

}  // namespace berth
