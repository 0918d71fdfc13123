#include "berth/measure/pairs.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "berth/measure/setting.h"

namespace berth {
namespace {

using Number = std::optional<double>;
/// All that tells runs apart.
using RunKey = std::tuple<std::string_view, std::string_view, std::string_view, std::string_view,
                          std::string_view, std::string_view, Number, Number, Number, Number,
                          Number, std::string_view>;

RunKey key_of(const MeasuredRow& row) {
  return {row.file,  row.source,        row.engine,          row.model,
          row.dtype, row.gpu,           row.tensor_parallel, row.pipeline_parallel,
          row.batch, row.prompt_tokens, row.output_tokens,   row.note};
}

struct Pairing {
  std::vector<const MeasuredRow*> first_tokens;
  std::vector<const MeasuredRow*> later_tokens;
  bool states_whole = false;
};

}  // namespace

std::vector<MeasuredRow> end_to_end_of_pairs(std::span<const MeasuredRow> rows) {
  std::map<RunKey, Pairing> runs;
  for (const MeasuredRow& row : rows) {
    if (row.metric == Metric::kTtft) runs[key_of(row)].first_tokens.push_back(&row);
    if (row.metric == Metric::kE2e) runs[key_of(row)].states_whole = true;
    if (row.metric == Metric::kTpot) runs[key_of(row)].later_tokens.push_back(&row);
  }
  std::vector<std::pair<const MeasuredRow*, MeasuredRow>> derived;  // with the row of its TTFT
  for (const auto& [key, run] : runs) {
    if (run.states_whole) continue;
    const std::size_t pairs = std::min(run.first_tokens.size(), run.later_tokens.size());
    for (std::size_t k = 0; k < pairs; ++k) {
      MeasuredRow row = *run.first_tokens[k];
      const RunSetting setting = setting_of(row);
      if (setting.load != Load::kClosedLoop || !(setting.output_tokens >= 1.0)) continue;
      row.metric = Metric::kE2e;
      row.value += (setting.output_tokens - 1.0) * run.later_tokens[k]->value;
      row.derived = true;
      derived.emplace_back(run.first_tokens[k], std::move(row));
    }
  }
  std::sort(derived.begin(), derived.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<MeasuredRow> ordered;
  for (auto& [first, row] : derived) ordered.push_back(std::move(row));
  return ordered;
}

}  // namespace berth
