#include "berth/measure/import/bench_run.h"

#include <algorithm>
#include <cmath>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/text.h"

namespace berth {
namespace {

/// Beyond every measurement by orders of magnitude.
constexpr Range kMeasured{.min = 0.0, .max = 1e15};
constexpr double kMostGpus = 1e5;
/// A closed loop that is shorter of requests than this was not full most of the time.
constexpr double kFullShare = 0.9;

/// Mean time from request to last token. Where it is not stated, it is made of its two parts.
std::optional<double> mean_e2e(const BenchRun& run) {
  if (run.e2e) return run.e2e;
  if (!run.ttft || !run.tpot || !run.output_tokens) return std::nullopt;
  return *run.ttft + *run.tpot * std::max(0.0, *run.output_tokens - 1.0);
}

/// Little's law: the mean number in a system is its throughput times the mean time in it.
std::optional<double> concurrency_by_littles_law(const BenchRun& run) {
  const std::optional<double> e2e = mean_e2e(run);
  if (!e2e || !run.request_rate) return std::nullopt;
  return *run.request_rate * *e2e;
}

/// Sequences for the rows. What the number rests on is noted where it was not set by the user.
std::optional<double> concurrency_of(BenchRun& run) {
  const std::optional<double> mean = concurrency_by_littles_law(run);
  if (run.at_once) return run.at_once;
  if (run.clients) {
    if (mean && *mean < kFullShare * *run.clients)
      run.notes.push_back(fmt::format("{:.3g} of the clients were busy on average", *mean));
    return run.clients;
  }
  if (run.mean_concurrency) {
    run.notes.push_back("mean concurrency as measured");
    return std::max(1.0, *run.mean_concurrency);
  }
  if (!mean) return std::nullopt;
  run.notes.push_back(
      fmt::format("concurrency {:.3g} by Little's law: request rate x mean {}", *mean,
                  run.e2e ? "E2E" : "E2E, which is TTFT + (output tokens - 1) TPOT"));
  return std::max(1.0, *mean);
}

/// Requests that are all sent at the start are a batch, and only its whole time is predicted.
std::string note_of_batch(Metric metric, const std::string& note) {
  std::string text = metric == Metric::kE2e ? "offline batch" : "SUSPECT: no closed loop";
  text += ": all requests sent at once";
  return note.empty() ? text : text + "; " + note;
}

}  // namespace

void add_rows(BenchRun run, const ValueReader& where, std::vector<MeasuredRow>& rows) {
  if (run.completed && *run.completed == 0.0) {
    where.fail(ErrorCode::kInconsistent, "no request of this run was completed",
               run.failed > 0.0 ? fmt::format("{:g} failed: see the generator's log", run.failed)
                                : std::string());
    return;
  }
  for (const std::string& name : run.medians) {
    if (name.ends_with("length")) run.notes.push_back(name + " is the median");
  }
  if (run.failed > 0.0) {
    run.notes.push_back(fmt::format("{:g} requests failed", run.failed));
  }
  MeasuredRow row;
  row.line = static_cast<std::uint64_t>(std::max(0, where.node().line));
  row.source = run.tool;
  row.engine = run.facts.engine;
  row.model = run.facts.model;
  row.dtype = run.facts.dtype;
  row.gpu = run.facts.gpu;
  row.tensor_parallel = run.facts.tensor_parallel;
  row.pipeline_parallel = run.facts.pipeline_parallel;
  row.prompt_tokens = run.prompt_tokens;
  row.output_tokens = run.output_tokens;
  row.batch = concurrency_of(run);
  const std::string note = fmt::format("{}", fmt::join(run.notes, "; "));
  // The time of a batch is that until its last token, not that of its mean request.
  const std::optional<double> e2e = run.at_once ? run.duration : run.e2e;
  bool any = false;
  for (const auto& [metric, value, name] :
       {std::tuple(Metric::kTtft, run.ttft, "TTFT"), std::tuple(Metric::kTpot, run.tpot, "TPOT"),
        std::tuple(Metric::kE2e, e2e, "E2E"),
        std::tuple(Metric::kRequestRate, run.request_rate, "request rate")}) {
    if (!value || !(*value > 0.0)) continue;
    row.metric = metric;
    row.value = *value;
    row.note = run.at_once ? note_of_batch(metric, note) : note;
    const auto& medians = run.medians;
    if (std::find(medians.begin(), medians.end(), name) != medians.end())
      row.note = "no mean; median" + (row.note.empty() ? row.note : "; " + row.note);
    rows.push_back(row);
    any = true;
  }
  if (!any) {
    where.fail(ErrorCode::kMissing, "this run has no TTFT, TPOT, E2E time or request rate",
               "measure a model that generates text, with streaming on");
  }
}

std::optional<double> count_of(MapReader& map, std::string_view key) {
  const auto value = map.find(key);
  return value ? value->number(kMeasured) : std::nullopt;
}

std::optional<std::string> text_of(MapReader& map, std::string_view key) {
  const auto value = map.find(key);
  if (!value) return std::nullopt;
  if (value->node().kind == Node::Kind::kNumber) return value->node().text;
  return value->string();
}

std::optional<double> mean_of(MapReader& map, std::string_view mean, std::string_view median,
                              double unit, std::string_view name, BenchRun& run) {
  std::optional<double> value = count_of(map, mean);
  if (!value && !map.find(mean)) {
    value = count_of(map, median);
    if (value && *value > 0.0) run.medians.emplace_back(name);
  }
  if (!value || *value == 0.0) return std::nullopt;
  return *value * unit;
}

std::optional<MapReader> map_of(MapReader& map, std::string_view key) {
  const auto value = map.find(key);
  if (!value) return std::nullopt;
  MapReader inner = value->map();
  if (!value->is_map()) return std::nullopt;
  return inner;
}

std::optional<double> degree_of(MapReader& map, std::string_view key) {
  const auto value = map.find(key);
  if (!value) return std::nullopt;
  const std::optional<double> degree = parse_number(value->node().text);
  if (degree && *degree == std::floor(*degree) && *degree >= 1.0 && *degree <= kMostGpus) {
    return degree;
  }
  value->fail(ErrorCode::kWrongType,
              fmt::format("expected a whole number from 1, got '{}'", value->node().text));
  return std::nullopt;
}

}  // namespace berth
