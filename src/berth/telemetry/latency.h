#pragma once
// Latency and load as metrics tell them, per class of a mapping. A mapping whose classes are
// deployments (matched by their labels) gives them per deployment.

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/telemetry/mapping.h"
#include "berth/telemetry/prometheus.h"
#include "berth/telemetry/warning.h"

namespace berth {

inline constexpr std::array kLatencyQuantiles = {0.5, 0.9, 0.95, 0.99};

/// A time's distribution, as far as a histogram's buckets tell it.
struct MeasuredTime {
  double count = 0.0;  ///< observations
  double mean = 0.0;   ///< s
  /// Of kLatencyQuantiles, s, linear inside a bucket.
  std::array<double, kLatencyQuantiles.size()> quantiles{};
  /// Of the quantiles: true where it lies beyond the last bucket, whose edge stands there.
  std::array<bool, kLatencyQuantiles.size()> beyond{};
  /// (upper edge, share at or below it), ascending, the last edge is infinite.
  std::vector<std::pair<double, double>> cumulative;

  /// Share of the observations at most `seconds`; linear inside a bucket; absent beyond the last
  /// finite edge unless all are below it.
  [[nodiscard]] std::optional<double> share_within(double seconds) const;
};

struct ClassLatency {
  std::string name;
  std::optional<MeasuredTime> ttft;  ///< absent: no requests, or no such metric
  std::optional<MeasuredTime> tpot;
  bool tpot_of_tokens = false;  ///< of gaps between tokens, for lack of a mean per request
  std::optional<MeasuredTime> e2e;
  std::optional<double> running;       ///< requests at the end, over all instances
  std::optional<double> running_mean;  ///< over the range
  std::optional<double> waiting;       ///< requests at the end
  std::optional<double> kv_usage;      ///< mean over instances at the end, 0..1
  std::optional<double> kv_peak;       ///< highest of any instance over the range
  std::optional<double> instances;     ///< that report `running` at the end
};

struct LatencyReading {
  double start_s = 0.0;
  double end_s = 0.0;
  std::vector<ClassLatency> classes;
  std::optional<double> newest_sample_s;  ///< as in DemandReading
  TelemetryWarnings warnings;
};

/// Over (start_s, end_s]. A class cut by prompt length has the times of all lengths of its match,
/// which is told. Errors: those of the queries; kOutOfRange (end not after start); kMissing (no
/// series of any role).
[[nodiscard]] Result<LatencyReading> read_latency(Prometheus& prometheus,
                                                  const TelemetryMapping& mapping, double start_s,
                                                  double end_s);

/// The same by deployment, from the engines' own series (engine_pack), each told by a label of
/// MetricPack::deployment_labels; LatencyReading::classes has the names of `deployments`. Those
/// without series are left out. Errors as above: kMissing where no label names any of them.
[[nodiscard]] Result<LatencyReading> read_deployment_latency(
    Prometheus& prometheus, const TelemetryMapping& mapping,
    std::span<const std::string> deployments, double start_s, double end_s);

}  // namespace berth
