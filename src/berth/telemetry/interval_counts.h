#pragma once
// Private to this room: arrivals between two scrapes, for the variability of arrivals.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "berth/core/result.h"
#include "berth/telemetry/demand_queries.h"

namespace berth {

/// Median time between two samples of the role's series in the minutes up to `time_s`; nullopt with
/// fewer than two samples.
[[nodiscard]] Result<std::optional<double>> scrape_interval(Prometheus& prometheus,
                                                            const TelemetryMapping& mapping,
                                                            MetricRole role,
                                                            std::string_view suffix, double time_s);

/// Arrivals by group in consecutive intervals from the grid's start on; NaN = not measured.
struct IntervalCounts {
  double interval_s = 0.0;  ///< a multiple of the scrape interval
  std::vector<std::vector<double>> groups;
};
[[nodiscard]] Result<IntervalCounts> query_interval_counts(Prometheus& prometheus,
                                                           const TelemetryMapping& mapping,
                                                           ClassGroups& groups,
                                                           const WindowGrid& grid,
                                                           double scrape_interval_s);

/// ca^2 of counts in neighbouring intervals (docs/workload.md eq. (1)), put together to the
/// shortest ones, in powers of two, that hold 10 arrivals on average. nullopt with fewer than 16 of
/// those or fewer than 32 arrivals.
[[nodiscard]] std::optional<double> interval_variability(std::span<const double> counts);

}  // namespace berth
