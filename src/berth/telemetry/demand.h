#pragma once
// Demand as metrics tell it: per class and window the rate, the lengths, the variability. What was
// not measured is absent, never zero. docs/prometheus.md.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/telemetry/mapping.h"
#include "berth/telemetry/prometheus.h"
#include "berth/telemetry/warning.h"
#include "berth/workload/demand_series.h"
#include "berth/workload/query_class.h"

namespace berth {

/// Mean and standard deviation of a token length.
struct LengthMoments {
  double mean = 0.0;
  double standard_deviation = 0.0;
};

/// One class in one window.
struct MeasuredWindow {
  double rate = 0.0;       ///< arrivals, requests/s
  double completed = 0.0;  ///< completions, requests/s; NaN = no such counter
  double covered_s = 0.0;  ///< of the window that samples cover
  bool saturated = false;  ///< the rate is completions plus what began to wait, and that is more
  std::optional<LengthMoments> prompt;  ///< absent without requests
  std::optional<LengthMoments> output;
  std::optional<double> cv2;  ///< ca^2, where arrivals are counted often enough
};

struct MeasuredClass {
  std::string name;
  std::vector<std::optional<MeasuredWindow>> windows;  ///< DemandReading::windows of them
  double requests = 0.0;                               ///< over all measured windows
  double measured_s = 0.0;                             ///< that samples cover
  // Over all measured windows; absent where there were no requests or no such metric.
  std::optional<LengthDistribution> prompt;
  std::optional<LengthDistribution> output;
  std::optional<double> cv2;
  std::optional<double> prefix_reuse;  ///< 0..1
};

struct DemandReading {
  double start_s = 0.0;  ///< since 1970, of the first window
  double step_s = 0.0;   ///< length of a window
  std::size_t windows = 0;
  std::vector<MeasuredClass> classes;  ///< in the mapping's order, else by name
  /// Time of the newest sample of any demand counter, s since 1970; absent: none in the range.
  /// A control loop holds still on it.
  std::optional<double> newest_sample_s;
  std::optional<double> scrape_interval_s;
  TelemetryWarnings warnings;
  std::string source;  ///< "Prometheus http://host:9090 (vllm), 2026-01-01T00:00Z to ..."

  [[nodiscard]] double end_s() const { return start_s + static_cast<double>(windows) * step_s; }
  /// Age of the newest sample at `now_s`; absent as newest_sample_s is.
  [[nodiscard]] std::optional<Seconds> age_at(double now_s) const;
};

/// Windows of step_s from start_s on, as many as fit before end_s.
/// Errors: those of the queries; kOutOfRange (no whole window, more than kMostDemandWindows);
/// kMissing (no demand counter of the mapping has a single series in the range).
[[nodiscard]] Result<DemandReading> read_demand(Prometheus& prometheus,
                                                const TelemetryMapping& mapping, double start_s,
                                                double end_s, double step_s);
inline constexpr std::size_t kMostDemandWindows = 1'000'000;

/// Time between two scrapes of what counts requests, s, in the minutes before `time_s`; absent
/// where nothing was scraped twice. Rates can be read over windows of two scrapes at least. Errors:
/// those of the queries.
[[nodiscard]] Result<std::optional<double>> demand_scrape_interval(Prometheus& prometheus,
                                                                   const TelemetryMapping& mapping,
                                                                   double time_s);

/// start_s counts from the reading's first window. Windows without lengths of their own have the
/// class's; classes without any are left out and told in `warnings`.
[[nodiscard]] DemandSeries to_series(const DemandReading& reading, TelemetryWarnings& warnings);

/// The mean demand over the measured windows, with the lengths' distributions. Classes without
/// requests or without lengths are left out and told in `warnings`. Errors: kMissing (no class is
/// left).
[[nodiscard]] Result<Workload> to_workload(const DemandReading& reading,
                                           TelemetryWarnings& warnings);

}  // namespace berth
