#pragma once
// Private to this room: from a group's counters to its windows.

#include <optional>
#include <string>
#include <vector>

#include "berth/telemetry/demand.h"
#include "berth/telemetry/demand_queries.h"
#include "berth/telemetry/histogram.h"

namespace berth {

/// Lengths in one window or over all of them.
struct GroupLengths {
  std::vector<LengthBin> bins;  ///< empty: a mean alone
  std::optional<double> mean;   ///< exact, of sum and count
};

struct GroupWindow {
  bool measured = false;
  bool partial = false;  ///< covered by half or more, and not by all
  double covered_s = 0.0;
  double requests = 0.0;   ///< that came while covered
  double completed = 0.0;  ///< NaN = no such counter
  bool saturated = false;
  bool backlog_known = true;
};

struct GroupDemand {
  std::vector<GroupWindow> windows;
  double usual_samples = 0.0;  ///< in a whole window, of one instance
  std::size_t partial = 0;     ///< windows
  std::size_t too_little = 0;  ///< windows left out, covered by less than half
  std::size_t saturated = 0;
  double added = 0.0;  ///< requests that came and did not end, over the saturated windows
  double requests = 0.0;
};

/// REQUIRES: counters.has_base; every column has grid.windows values.
[[nodiscard]] GroupDemand group_demand(const GroupCounters& counters, const WindowGrid& grid);

/// Bins and exact mean of the window; nullopt without observations.
[[nodiscard]] std::optional<GroupLengths> lengths_in(const HistogramColumns& columns,
                                                     std::size_t window);

/// Counts of all measured windows together.
struct HistogramTotals {
  BucketCounts buckets;
  double sum = 0.0;
  double count = 0.0;
};
[[nodiscard]] HistogramTotals totals_of(const HistogramColumns& columns,
                                        const std::vector<GroupWindow>& windows);

/// Bins, and the mean where sum and count are there; nullopt without observations.
[[nodiscard]] std::optional<GroupLengths> lengths_of(const HistogramTotals& totals);

/// The moments of lengths with lower <= tokens < upper (0 = no limit); nullopt where there are
/// none. Without bins the spread is that of an exponential distribution: as large as the mean.
[[nodiscard]] std::optional<LengthMoments> moments_between(const GroupLengths& lengths,
                                                           double lower, double upper);

/// Share of the lengths between; 1 without bins and limits, nullopt without bins.
[[nodiscard]] std::optional<double> share_between(const GroupLengths& lengths, double lower,
                                                  double upper);

}  // namespace berth
