#pragma once
// Private to this room: the counters behind a demand reading, by group and window.

#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/telemetry/groups.h"
#include "berth/telemetry/mapping.h"
#include "berth/telemetry/prometheus.h"
#include "berth/telemetry/warning.h"

namespace berth {

/// Window w is (start_s + w * step_s, start_s + (w + 1) * step_s].
struct WindowGrid {
  double start_s = 0.0;
  double step_s = 0.0;
  std::size_t windows = 0;

  [[nodiscard]] double begin_of(std::size_t w) const {
    return start_s + static_cast<double>(w) * step_s;
  }
  [[nodiscard]] double end_of(std::size_t w) const { return begin_of(w + 1); }
};

/// A value for each window; NaN = not measured.
using WindowColumn = std::vector<double>;

/// Increase of a histogram in each window.
struct HistogramColumns {
  std::map<double, WindowColumn> buckets;  ///< at most the edge; the last edge may be infinite
  WindowColumn sum;
  WindowColumn count;
};

struct GroupCounters {
  WindowColumn arrivals;
  WindowColumn completions;
  HistogramColumns prompt;
  HistogramColumns output;
  WindowColumn prompt_total;  ///< tokens
  WindowColumn output_total;
  WindowColumn prefix_queries;
  WindowColumn prefix_hits;
  WindowColumn backlog_growth;              ///< of running and waiting requests
  WindowColumn backlog_before;              ///< instances known in the window before; NaN = none
  bool has_base = false;                    ///< there is a demand counter
  MetricRole base = MetricRole::kArrivals;  ///< the role that the rate comes from
  std::string base_suffix;                  ///< "_count" of a histogram, or none
  WindowColumn samples;  ///< of the base counter in the window, of its best sampled instance
  WindowColumn newest;   ///< time of its newest sample at each window's end, s since 1970
  /// The same at the first window's begin; NaN = none.
  double newest_before = std::numeric_limits<double>::quiet_NaN();

  [[nodiscard]] const WindowColumn& base_column() const;
};

struct DemandCounters {
  std::vector<GroupCounters> groups;
  std::size_t not_a_number = 0;             ///< values that were NaN or infinite
  std::map<std::string, double> unmatched;  ///< requests by labels that no class wants
};

/// Errors: those of the queries. Roles without names are left out.
[[nodiscard]] Result<DemandCounters> query_demand(Prometheus& prometheus,
                                                  const TelemetryMapping& mapping,
                                                  ClassGroups& groups, const WindowGrid& grid);

}  // namespace berth
