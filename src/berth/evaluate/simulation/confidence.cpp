#include "berth/evaluate/simulation/confidence.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "berth/core/infinity.h"

namespace berth {
namespace {

/// Student's t, 97.5 %, by degrees of freedom; beyond the table its expansion around the normal.
double student(std::size_t degrees) {
  constexpr std::array<double, 11> kTable = {0.0,   12.706, 4.303, 3.182, 2.776, 2.571,
                                             2.447, 2.365,  2.306, 2.262, 2.228};
  if (degrees < kTable.size()) return kTable[degrees];
  constexpr double kNormal = 1.959964;
  const auto n = static_cast<double>(degrees);
  const double z3 = kNormal * kNormal * kNormal;
  const double z5 = z3 * kNormal * kNormal;
  return kNormal + (z3 + kNormal) / (4.0 * n) +
         (5.0 * z5 + 16.0 * z3 + 3.0 * kNormal) / (96.0 * n * n);
}

/// Lower end of the 95 % interval of a share of n independent requests (Wilson 1927).
double wilson_lower(double share, double n) {
  if (!(n > 0.0)) return 0.0;
  constexpr double kNormal = 1.959964;
  const double z2 = kNormal * kNormal;
  const double middle = share + z2 / (2.0 * n);
  const double half = kNormal * std::sqrt(share * (1.0 - share) / n + z2 / (4.0 * n * n));
  return std::max(0.0, (middle - half) / (1.0 + z2 / n));
}

}  // namespace

Estimate estimate(double all, const std::vector<double>& values,
                  const std::vector<double>& weights) {
  double weight = 0.0;
  double spread = 0.0;
  std::size_t used = 0;
  for (std::size_t s = 0; s < values.size(); ++s) {
    if (!(weights[s] > 0.0)) continue;
    weight += weights[s];
    spread += weights[s] * weights[s] * (values[s] - all) * (values[s] - all);
    ++used;
  }
  if (used < 2) return {all, kInfinity};
  const auto n = static_cast<double>(used);
  return {all, student(used - 1) * std::sqrt(spread * n / (n - 1.0)) / weight};
}

const LogHistogram& histogram(const LatencySegment& segment, Latency latency) {
  if (latency == Latency::kTtft) return segment.ttft;
  return latency == Latency::kTpot ? segment.tpot : segment.e2e;
}

double sum(const LatencySegment& segment, Latency latency) {
  if (latency == Latency::kTtft) return segment.ttft_sum;
  return latency == Latency::kTpot ? segment.tpot_sum : segment.e2e_sum;
}

LatencyEstimate latency_estimate(const std::vector<LatencySegment>& segments,
                                 const LatencySegment& all, Latency latency,
                                 double slo_percentile) {
  std::vector<double> weights;
  for (const LatencySegment& segment : segments) {
    weights.push_back(static_cast<double>(histogram(segment, latency).total()));
  }
  const auto of_segments = [&](const std::function<double(const LatencySegment&)>& statistic) {
    std::vector<double> values;
    for (const LatencySegment& segment : segments) values.push_back(statistic(segment));
    return estimate(statistic(all), values, weights);
  };
  const auto quantile = [&](double p) {
    return of_segments([&](const LatencySegment& s) { return histogram(s, latency).quantile(p); });
  };
  const auto mean = [&](const LatencySegment& s) {
    const auto n = static_cast<double>(histogram(s, latency).total());
    return n > 0.0 ? sum(s, latency) / n : 0.0;
  };
  // Requests without a gap between tokens are below any TPOT: at the SLO they count.
  const auto at_slo = [&](const LatencySegment& s) {
    const auto n = static_cast<double>(histogram(s, latency).total());
    const auto requests = static_cast<double>(s.e2e.total());
    if (!(n > 0.0)) return 0.0;
    const double p = 1.0 - (1.0 - slo_percentile) * requests / n;
    return p > 0.0 ? histogram(s, latency).quantile(p) : 0.0;
  };
  return {of_segments(mean), quantile(0.50), quantile(0.90),
          quantile(0.95),    quantile(0.99), of_segments(at_slo)};
}

Estimate share_estimate(const std::vector<LatencySegment>& segments, const LatencySegment& all,
                        const std::function<double(const LatencySegment&)>& count) {
  const auto share = [&](const LatencySegment& s) {
    const auto n = static_cast<double>(s.e2e.total());
    return n > 0.0 ? count(s) / n : 0.0;
  };
  std::vector<double> values;
  std::vector<double> weights;
  for (const LatencySegment& segment : segments) {
    values.push_back(share(segment));
    weights.push_back(static_cast<double>(segment.e2e.total()));
  }
  Estimate result = estimate(share(all), values, weights);
  // Segments that agree prove nothing where they are few requests.
  result.half = std::max(
      result.half, result.value - wilson_lower(result.value, static_cast<double>(all.e2e.total())));
  return result;
}

}  // namespace berth
