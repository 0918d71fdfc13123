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
/// GPT-J: CNN/DailyMail through a beam search.
constexpr double kMlperfGptjPrompt = 870.0;
constexpr double kMlperfGptjOutput = 69.0;
constexpr int kMlperfBeams = 4;
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

/// Whether the id of a run names its expert parallelism by a number.
bool numbers_experts(std::string_view id) {
  const std::size_t at = id.rfind("_ep");
  return at != std::string_view::npos && digits_at(id, at + 3) > 0;
}

/// aiconfigurator writes the product of tensor and expert degrees, or its square, into tp. The id
/// of a run names the degree of its attention, or all GPUs where it numbers the experts' degree.
void read_sweep_layout(const MeasuredRow& row, RunSetting& setting) {
  const std::string_view id = note_value(row.note, "id");
  const double tp = row.tensor_parallel.value_or(1.0);
  const double copies = std::max(1.0, note_number(row.note, "attn_dp").value_or(1.0));
  const double moe_tp = note_number(row.note, "moe_tp").value_or(1.0);
  const double moe_ep = note_number(row.note, "moe_ep").value_or(1.0);
  const std::optional<double> named = gpus_of_id(id);
  double gpus = copies == 1.0 || tp > 1.0 ? tp : copies;
  if (named) {
    gpus = numbers_experts(id) ? *named : *named * copies;
  } else if (moe_tp == moe_ep && moe_tp > 1.0) {
    gpus = moe_tp;
  } else if (moe_tp == 1.0 && moe_ep > 1.0 && tp == 1.0) {
    gpus = moe_ep;
  }
  const bool square = tp == 16.0 || tp == 64.0;
  if (tp > kMostGpusOfSweep && (!square || moe_tp == tp)) {
    setting.unsupported = "prefill and decode apart, or experts wider than attention";
  }
  if (copies > 1.0) {
    const bool all = !named || numbers_experts(id);
    setting.data_parallel = static_cast<int>(all ? gpus : copies);
  }
  setting.tensor_parallel = std::max(1, static_cast<int>(gpus) / setting.data_parallel);
}

void read_layout(const MeasuredRow& row, RunSetting& setting) {
  const std::string_view note = row.note;
  setting.tensor_parallel = static_cast<int>(row.tensor_parallel.value_or(0.0));
  setting.pipeline_parallel = static_cast<int>(row.pipeline_parallel.value_or(1.0));
  if (holds(note, "attn_dp=")) read_sweep_layout(row, setting);
  if (note_value(note, "dpattn") == "True") {
    // One copy on each GPU; how many there are must be stated.
    setting.data_parallel = std::max(1, setting.tensor_parallel);
    setting.tensor_parallel = std::min(1, setting.tensor_parallel);
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
  setting.batch = kMlperfBatch;
  if (holds(row.note, "mixtral-8x7b")) {
    setting.tensor_parallel = static_cast<int>(kMlperfMixtralGpus);
    setting.prompt_tokens = kMlperfMixtralPrompt;
    setting.output_tokens = kMlperfMixtralOutput;
    setting.assume("TP 2, 512 sequences, 260 tokens in, 145 out");
  } else if (holds(row.note, "gptj")) {
    setting.tensor_parallel = 1;
    setting.beams = kMlperfBeams;
    setting.prompt_tokens = kMlperfGptjPrompt;
    setting.output_tokens = kMlperfGptjOutput;
    setting.assume("TP 1, 512 requests of 4 beams, 870 tokens in, 69 out");
  } else {
    setting.unsupported = "lengths are not stated";
  }
}

std::optional<Precision> stated_precision(std::string_view dtype) {
  if (dtype.ends_with('?')) dtype.remove_suffix(1);
  return precision_from(dtype);
}

/// Checkpoints of 8 and 4 bit are served with an 8-bit cache by default in these engines' runs;
/// SGLang keeps 16 bit.
CacheFormat cache_of(const MeasuredRow& row, std::optional<Precision> precision) {
  const bool small = precision && *precision != Precision::kBf16;
  const bool wide = to_lower(row.engine).starts_with("sglang");
  return small && !wide ? CacheFormat::k8Bit : CacheFormat::k16Bit;
}

/// "runs" in "median of 5 runs", which is no median of requests.
bool is_of_runs(std::string_view rest) {
  constexpr std::string_view kOf = " of ";
  if (!rest.starts_with(kOf)) return false;
  rest.remove_prefix(kOf.size());
  const std::size_t word = rest.find_first_not_of("0123456789 ");
  return word != std::string_view::npos && rest.substr(word).starts_with("run");
}

/// Whether `part` of a note, in lower case, has `word` as a word of its own that is of requests.
bool says(std::string_view part, std::string_view word) {
  const auto is_letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  for (std::size_t at = part.find(word); at != std::string_view::npos;
       at = part.find(word, at + 1)) {
    const std::string_view rest = part.substr(at + word.size());
    const bool starts = at == 0 || !is_letter(part[at - 1]);
    const bool ends = rest.empty() || !is_letter(rest.front());
    if (starts && ends && !is_of_runs(rest)) return true;
  }
  return false;
}

/// "median", "values are medians", "statistic p50"; the median of a length is none of a time.
bool has_medians(std::string_view note) {
  for (const std::string& part : split(to_lower(note), ';')) {
    if (holds(part, "length")) continue;
    if (says(part, "median") || says(part, "medians") || says(part, "p50")) return true;
  }
  return false;
}

/// Exports of single runs whose number of clients is not that of one replica.
bool is_one_off(const MeasuredRow& row) {
  const double prompt = row.prompt_tokens.value_or(0.0);
  const bool shape = prompt == 4000.0 || prompt == 15000.0;
  const bool engine = holds(row.engine, "rc") || row.engine.starts_with("vllm-0.12");
  return shape && engine && note_value(row.note, "measured").starts_with("2026");
}

std::string doubt_about(const MeasuredRow& row, bool nominal) {
  if (holds(row.note, "SUSPECT") || holds(row.note, "client-limited")) return "its note says so";
  if (!nominal && is_one_off(row)) return "a single export: its clients are not of one replica";
  return {};
}

Load load_of(std::string_view note, std::string_view engine) {
  if (holds(note, "PER-LAYER")) return Load::kLayerProfile;
  if (holds(note, "saturated")) return Load::kSaturated;
  // The eager engine of 2023 ran fixed batches and nothing else.
  const bool batch = holds(note, "offline batch") || holds(note, "static batch");
  return batch || holds(engine, "eager") ? Load::kBatch : Load::kClosedLoop;
}

}  // namespace

void RunSetting::assume(std::string_view what) {
  if (!assumption.empty()) assumption += "; ";
  assumption += what;
}

RunSetting setting_of(const MeasuredRow& row, std::optional<Precision> precision) {
  RunSetting setting;
  setting.load = load_of(row.note, row.engine);
  setting.metric = row.metric;
  if (row.metric == Metric::kE2e && setting.load == Load::kBatch)
    setting.metric = Metric::kBatchE2e;
  setting.batch = row.batch.value_or(0.0);
  setting.prompt_tokens = row.prompt_tokens.value_or(0.0);
  setting.output_tokens = row.output_tokens.value_or(0.0);
  setting.rate_counts_prompts = holds(row.note, "input+output tokens");
  setting.medians = has_medians(row.note);
  setting.cache = cache_of(row, precision ? precision : stated_precision(row.dtype));
  read_layout(row, setting);
  const bool nominal = has_nominal_lengths(row.note);
  setting.doubt = doubt_about(row, nominal);
  if (nominal) {
    setting.prompt_tokens *= kShareOfNominal;
    setting.output_tokens *= kShareOfNominal;
    setting.assume("lengths are 90 % of the nominal ones");
  }
  if (setting.load == Load::kLayerProfile && row.metric == Metric::kDecodeStep &&
      setting.prompt_tokens == 0.0) {
    setting.prompt_tokens = kProfileContext;
    setting.assume("a context of 900 tokens");
  }
  if (holds(row.note, "MLPerf")) read_mlperf(row, setting);
  if (setting.cache == CacheFormat::k8Bit) setting.assume("the cache is in 8 bit");
  return setting;
}

}  // namespace berth
