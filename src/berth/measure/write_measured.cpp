#include "berth/measure/write_measured.h"

#include <algorithm>
#include <array>
#include <cassert>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "berth/core/text.h"
#include "berth/measure/metric_columns.h"
#include "berth/workload/reading/csv_line.h"

namespace berth {
namespace {

/// Digits that no measurement has beyond: 142.00000000000003 ms are 142.
std::string rounded(double value) { return fmt::format("{:.12g}", value); }

std::string at_least_one(const std::optional<double>& value) {
  return value && *value >= 1.0 ? rounded(*value) : std::string();
}

}  // namespace

std::string to_csv(std::span<const MeasuredRow> rows) {
  std::string out =
      "source_repo,engine,model,dtype,gpu,tp,pp,batch_or_concurrency,input_tokens,output_tokens,"
      "metric,value,note\n";
  for (const MeasuredRow& row : rows) {
    const auto* column =
        std::find_if(kMetricColumns.begin(), kMetricColumns.end(),
                     [&](const MetricColumn& one) { return one.metric == row.metric; });
    assert(column != kMetricColumns.end());
    const std::array<std::string, 13> fields = {csv_field(row.source),
                                                csv_field(row.engine),
                                                csv_field(row.model),
                                                csv_field(row.dtype),
                                                csv_field(row.gpu),
                                                at_least_one(row.tensor_parallel),
                                                at_least_one(row.pipeline_parallel),
                                                at_least_one(row.batch),
                                                at_least_one(row.prompt_tokens),
                                                at_least_one(row.output_tokens),
                                                column->name,
                                                rounded(row.value / column->unit),
                                                csv_field(row.note)};
    out += fmt::format("{}\n", fmt::join(fields, ","));
  }
  return out;
}

}  // namespace berth
