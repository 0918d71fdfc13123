// A demand reading as a demand series and as a workload.

#include <algorithm>
#include <cmath>

#include "berth/telemetry/demand.h"
#include "berth/telemetry/time_text.h"

namespace berth {
namespace {

/// Why a class cannot be planned for; empty = it can.
std::string reason_to_leave_out(const MeasuredClass& one) {
  if (!(one.measured_s > 0)) return "it was not measured in any window and is left out";
  if (!(one.requests > 0)) return "no request came in the range: it is left out";
  if (!one.prompt) return "nothing tells its prompt lengths: it is left out";
  if (!one.output) return "nothing tells its output lengths: it is left out";
  return {};
}

LengthMoments moments_or(const std::optional<LengthMoments>& own,
                         const std::optional<LengthDistribution>& all) {
  if (own) return *own;
  return {all->mean(), all->standard_deviation()};
}

}  // namespace

DemandSeries to_series(const DemandReading& reading, TelemetryWarnings& warnings) {
  DemandSeries series;
  series.name = reading.source;
  series.window_s = reading.windows > 1 ? reading.step_s : 0.0;
  for (const MeasuredClass& one : reading.classes) {
    const std::string reason = reason_to_leave_out(one);
    // An idle class is measured demand of zero.
    const bool idle = one.measured_s > 0 && !(one.requests > 0);
    if (!reason.empty() && !idle) {
      warnings.push_back({TelemetryWarning::Kind::kMissingMetric, one.name, reason});
      continue;
    }
    const std::size_t index = series.classes.size();
    series.classes.push_back(one.name);
    for (std::size_t w = 0; w < one.windows.size(); ++w) {
      const std::optional<MeasuredWindow>& window = one.windows[w];
      if (!window) continue;
      DemandRow row;
      row.start_s = static_cast<double>(w) * reading.step_s;
      row.class_index = index;
      row.rate = window->rate;
      // Windows without requests still say what they are like.
      if (one.prompt && one.output) {
        const LengthMoments prompt = moments_or(window->prompt, one.prompt);
        const LengthMoments output = moments_or(window->output, one.output);
        row.prompt_mean = prompt.mean;
        row.prompt_std = prompt.standard_deviation;
        row.output_mean = output.mean;
        row.output_std = output.standard_deviation;
        row.cv2 = window->cv2;
      }
      series.rows.push_back(row);
    }
  }
  std::stable_sort(series.rows.begin(), series.rows.end(),
                   [](const DemandRow& a, const DemandRow& b) { return a.start_s < b.start_s; });
  return series;
}

Result<Workload> to_workload(const DemandReading& reading, TelemetryWarnings& warnings) {
  Workload workload;
  workload.source = reading.source;
  workload.date = iso_time(reading.end_s()).substr(0, 10);
  workload.duration_s = reading.end_s() - reading.start_s;
  for (const MeasuredClass& one : reading.classes) {
    const std::string reason = reason_to_leave_out(one);
    if (!reason.empty()) {
      warnings.push_back({TelemetryWarning::Kind::kMissingMetric, one.name, reason});
      continue;
    }
    QueryClass query;
    query.name = one.name;
    query.rate = one.requests / one.measured_s;
    query.prompt_tokens = *one.prompt;
    query.output_tokens = *one.output;
    query.arrival_variability = one.cv2.value_or(1.0);
    query.prefix_reuse = one.prefix_reuse.value_or(0.0);
    workload.classes.push_back(std::move(query));
  }
  if (workload.classes.empty()) {
    return Error{ErrorCode::kMissing, "no class has both requests and lengths", reading.source,
                 "a longer --range, or metrics of another --pack"};
  }
  return workload;
}

}  // namespace berth
