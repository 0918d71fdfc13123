#pragma once
// Private to this room: what a demand reading tells of besides numbers.

#include <string>
#include <vector>

#include "berth/telemetry/demand.h"
#include "berth/telemetry/group_demand.h"

namespace berth {

/// Windows without a measurement, in one line with the first gaps; nothing where there are none.
void warn_missing_windows(const std::string& name,
                          const std::vector<std::optional<MeasuredWindow>>& windows,
                          const WindowGrid& grid, TelemetryWarnings& warnings);

/// Partial and saturated windows, backlogs that are not known, a rate taken from what ends.
void warn_group(const std::string& name, const GroupCounters& counters, const GroupDemand& demand,
                const TelemetryMapping& mapping, TelemetryWarnings& warnings);

/// Counters of lengths against each other and against the requests.
void warn_lengths(const std::string& name, MetricRole role, const HistogramTotals& totals,
                  const GroupDemand& demand, const TelemetryMapping& mapping,
                  TelemetryWarnings& warnings);

/// Values that are no numbers, requests that belong to no class, an old newest sample.
void warn_reading(const DemandCounters& counters, const DemandReading& reading,
                  TelemetryWarnings& warnings);

/// "vllm:a, vllm:b"
[[nodiscard]] std::string names_of(const TelemetryMapping& mapping, MetricRole role);

}  // namespace berth
