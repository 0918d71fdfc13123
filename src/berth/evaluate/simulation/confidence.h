#pragma once
// Estimates from a run cut into segments (batch means): what neighbours in time share does not make
// the interval too narrow. docs/simulation.md, "Confidence".

#include <functional>
#include <vector>

#include "berth/evaluate/simulation/recorder.h"

namespace berth {

/// value +- half: 95 %. `half` is infinite with fewer than two segments.
struct Estimate {
  double value = 0.0;
  double half = 0.0;
};

struct LatencyEstimate {
  Estimate mean;
  Estimate p50;
  Estimate p90;
  Estimate p95;
  Estimate p99;
  Estimate at_slo;  ///< at the percentile of the class's service level
};

/// Of the share p of `all` that a segment's statistic speaks for: its spread over segments,
/// weighted by their requests, around the value of all. Student's t with one degree less than
/// segments.
[[nodiscard]] Estimate estimate(double all, const std::vector<double>& values,
                                const std::vector<double>& weights);

/// Which of the three times of a segment.
enum class Latency { kTtft, kTpot, kE2e };

[[nodiscard]] const LogHistogram& histogram(const LatencySegment& segment, Latency latency);
[[nodiscard]] double sum(const LatencySegment& segment, Latency latency);

/// `segments` of any number of runs and routes; `all` is their sum.
[[nodiscard]] LatencyEstimate latency_estimate(const std::vector<LatencySegment>& segments,
                                               const LatencySegment& all, Latency latency,
                                               double slo_percentile);

/// Share of the requests that `count` of a segment names.
[[nodiscard]] Estimate share_estimate(const std::vector<LatencySegment>& segments,
                                      const LatencySegment& all,
                                      const std::function<double(const LatencySegment&)>& count);

}  // namespace berth
