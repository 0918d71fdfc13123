#include "berth/measure/setting.h"

#include <array>
#include <cctype>
#include <cmath>
#include <optional>
#include <string_view>

#include "berth/core/text.h"

namespace berth {
namespace {

/// Actual lengths are drawn from 80 to 100 % of the nominal ones (InferenceX).
constexpr double kShareOfNominal = 0.9;
/// Helix does not say which context its decode profiles had; this one agrees best with them.
constexpr double kProfileContext = 900.0;
/// MLPerf 4.1, Mixtral: means over its three data sets, and the setting of most submissions.
constexpr double kMlperfMixtralPrompt = 260.0;
constexpr double kMlperfMixtralOutput = 145.0;
constexpr double kMlperfMixtralGpus = 2.0;
constexpr double kMlperfBatch = 512.0;
/// A replica of more GPUs was either split into prefill and decode or spread its experts wider than
/// its attention.
constexpr double kMostGpusOfSweep = 8.0;

bool holds(std::string_view text, std::string_view word) {
  return text.find(word) != std::string_view::npos;
}

/// What follows "key=" in "a=1; b=2 c=3"; empty if there is no such key.
std::string_view note_value(std::string_view note, std::string_view key) {
  for (std::size_t at = note.find(key); at != std::string_view::npos; at = note.find(key, at + 1)) {
    const bool starts = at == 0 || note[at - 1] == ' ' || note[at - 1] == ';';
    const std::size_t behind = at + key.size();
    if (!starts || behind >= note.size() || note[behind] != '=') continue;
    const std::string_view rest = note.substr(behind + 1);
    return rest.substr(0, rest.find_first_of("; "));
  }
  return {};
}

std::optional<double> note_number(std::string_view note, std::string_view key) {
  return parse_number(note_value(note, key));
}

std::size_t digits_at(std::string_view text, std::size_t at) {
  std::size_t count = 0;
  while (at + count < text.size() && std::isdigit(static_cast<unsigned char>(text[at + count]))) {
    ++count;
  }
  return count;
}

/// 4 of "..._tp4_ep8_64" and of "..._tp4_0_epnone_64": the GPUs of a replica in aiconfigurator.
std::optional<double> gpus_of_id(std::string_view id) {
  const std::size_t at = id.rfind("_tp");
  if (at == std::string_view::npos) return std::nullopt;
  const std::size_t digits = digits_at(id, at + 3);
  if (digits == 0 || !holds(id.substr(at + 3 + digits), "_ep")) return std::nullopt;
  return parse_number(id.substr(at + 3, digits));
}

/// aiconfigurator writes the product of tensor and expert degrees, or its square, into tp.
void read_sweep_layout(const MeasuredRow& row, RunSetting& setting) {
  const double tp = row.tensor_parallel.value_or(1.0);
  const double moe_tp = note_number(row.note, "moe_tp").value_or(1.0);
  const double moe_ep = note_number(row.note, "moe_ep").value_or(1.0);
  double gpus = tp;
  if (const auto named = gpus_of_id(note_value(row.note, "id"))) {
    gpus = *named;
  } else if (moe_tp == moe_ep && moe_tp > 1.0) {
    gpus = moe_tp;
  } else if (moe_tp == 1.0 && moe_ep > 1.0 && tp == 1.0) {
    gpus = moe_ep;
  }
  const bool square = tp == 16.0 || tp == 64.0;
  if (tp > kMostGpusOfSweep && (!square || moe_tp == tp)) {
    setting.unsupported = "prefill and decode apart, or experts wider than attention";
  }
  setting.tensor_parallel = static_cast<int>(gpus);
}

void read_layout(const MeasuredRow& row, RunSetting& setting) {
  const std::string_view note = row.note;
  setting.tensor_parallel = static_cast<int>(row.tensor_parallel.value_or(0.0));
  setting.pipeline_parallel = static_cast<int>(row.pipeline_parallel.value_or(1.0));
  if (holds(note, "attn_dp=")) read_sweep_layout(row, setting);
  if (note_number(note, "attn_dp").value_or(1.0) > 1.0 || note_value(note, "dpattn") == "True") {
    setting.unsupported = "data-parallel attention";
  } else if (holds(note, "expert parallel") || holds(note, "xEP")) {
    setting.unsupported = "expert parallelism across copies of the attention";
  }
}

/// Runs whose lengths are the nominal ones of a benchmark that draws shorter ones. The files of
/// aiconfigurator that repeat such runs do not say so.
bool has_nominal_lengths(std::string_view note) {
  if (holds(note, "80-100% of nominal")) return true;
  const std::string_view file = note_value(note, "src");
  constexpr std::size_t kYear = 4;
  return file.starts_with("db-dump") || file.starts_with("kimi") || file.starts_with("qwen3.5") ||
         (digits_at(file, 0) == kYear && file.size() > kYear && file[kYear] == '-');
}

void read_mlperf(const MeasuredRow& row, RunSetting& setting) {
  setting.load = Load::kSaturated;
  if (!holds(row.note, "mixtral-8x7b")) {
    setting.unsupported = holds(row.note, "gptj") ? "beam search" : "lengths are not stated";
    return;
  }
  setting.tensor_parallel = static_cast<int>(kMlperfMixtralGpus);
  setting.batch = kMlperfBatch;
  setting.prompt_tokens = kMlperfMixtralPrompt;
  setting.output_tokens = kMlperfMixtralOutput;
  setting.assumption = "TP 2, 512 sequences, 260 tokens in, 145 out";
}

Load load_of(std::string_view note, std::string_view engine) {
  if (holds(note, "PER-LAYER")) return Load::kLayerProfile;
  if (holds(note, "saturated")) return Load::kSaturated;
  // The eager engine of 2023 ran fixed batches and nothing else.
  const bool batch = holds(note, "offline batch") || holds(note, "static batch");
  return batch || holds(engine, "eager") ? Load::kBatch : Load::kClosedLoop;
}

}  // namespace

RunSetting setting_of(const MeasuredRow& row) {
  RunSetting setting;
  setting.load = load_of(row.note, row.engine);
  setting.metric = row.metric;
  if (row.metric == Metric::kE2e && setting.load == Load::kBatch)
    setting.metric = Metric::kBatchE2e;
  setting.batch = row.batch.value_or(0.0);
  setting.prompt_tokens = row.prompt_tokens.value_or(0.0);
  setting.output_tokens = row.output_tokens.value_or(0.0);
  setting.rate_counts_prompts = holds(row.note, "input+output tokens");
  setting.suspect = holds(row.note, "SUSPECT") || holds(row.note, "client-limited");
  read_layout(row, setting);
  if (has_nominal_lengths(row.note)) {
    setting.prompt_tokens *= kShareOfNominal;
    setting.output_tokens *= kShareOfNominal;
    setting.assumption = "lengths are 90 % of the nominal ones";
  }
  if (setting.load == Load::kLayerProfile && row.metric == Metric::kDecodeStep &&
      setting.prompt_tokens == 0.0) {
    setting.prompt_tokens = kProfileContext;
    setting.assumption = "a context of 900 tokens";
  }
  if (holds(row.note, "MLPerf")) read_mlperf(row, setting);
  return setting;
}

}  // namespace berth
