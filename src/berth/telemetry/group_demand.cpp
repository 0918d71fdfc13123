#include "berth/telemetry/group_demand.h"

#include <algorithm>
#include <cmath>

namespace berth {
namespace {

constexpr double kEnoughCover = 0.5;  // less of a window is no measurement
// A sample so many scrape intervals old is still the last one before a window's end.
constexpr double kFreshIntervals = 2.5;
// Growth of what waits beyond this share of what ends is saturation, not noise.
constexpr double kSaturatedShare = 0.05;

double usual_samples(const WindowColumn& samples) {
  std::vector<double> counts;
  for (const double count : samples) {
    if (std::isfinite(count)) counts.push_back(count);
  }
  if (counts.empty()) return 0.0;
  const auto middle = counts.begin() + static_cast<std::ptrdiff_t>(counts.size() / 2);
  std::nth_element(counts.begin(), middle, counts.end());
  return *middle;
}

/// Share of a window that samples cover. A gap inside hides nothing: counters go on counting.
double covered_share(const GroupCounters& counters, const WindowGrid& grid, std::size_t w,
                     double usual) {
  if (usual <= 0) return 1.0;
  const double interval = grid.step_s / usual;
  const auto fresh = [&](double newest, double time) {
    return std::isfinite(newest) && time - newest <= kFreshIntervals * interval;
  };
  const double before = w == 0 ? counters.newest_before : counters.newest[w - 1];
  if (fresh(before, grid.begin_of(w)) && fresh(counters.newest[w], grid.end_of(w))) return 1.0;
  const double samples = counters.samples[w];
  return std::isfinite(samples) ? std::min(1.0, samples / usual) : 1.0;
}

double or_zero(double value) { return std::isfinite(value) ? value : 0.0; }

/// Arrivals as counted, or what ended and what began to wait.
void count_requests(const GroupCounters& counters, std::size_t w, GroupWindow& window,
                    GroupDemand& demand) {
  const double counted = counters.base_column()[w];
  window.completed = counters.completions[w];
  window.requests = counted;
  if (counters.base == MetricRole::kArrivals) return;
  window.completed = counted;
  window.backlog_known =
      std::isfinite(counters.backlog_growth[w]) && counters.backlog_before[w] > 0;
  if (!window.backlog_known) return;
  const double growth = counters.backlog_growth[w];
  window.requests = std::max(0.0, counted + growth);
  if (growth > std::max(1.0, kSaturatedShare * counted)) {
    window.saturated = true;
    ++demand.saturated;
    demand.added += growth;
  }
}

}  // namespace

GroupDemand group_demand(const GroupCounters& counters, const WindowGrid& grid) {
  GroupDemand demand;
  demand.usual_samples = usual_samples(counters.samples);
  demand.windows.resize(grid.windows);
  const WindowColumn& base = counters.base_column();
  for (std::size_t w = 0; w < grid.windows; ++w) {
    if (!std::isfinite(base[w])) continue;
    GroupWindow& window = demand.windows[w];
    const double share = covered_share(counters, grid, w, demand.usual_samples);
    if (share < kEnoughCover) {
      ++demand.too_little;
      continue;
    }
    window.measured = true;
    window.covered_s = share * grid.step_s;
    window.partial = share < 1.0;
    if (window.partial) ++demand.partial;
    count_requests(counters, w, window, demand);
    demand.requests += window.requests;
  }
  return demand;
}

std::optional<GroupLengths> lengths_in(const HistogramColumns& columns, std::size_t window) {
  std::map<double, double> cumulative;
  for (const auto& [edge, column] : columns.buckets) {
    if (std::isfinite(column[window])) cumulative[edge] = column[window];
  }
  HistogramTotals totals;
  totals.buckets = BucketCounts(cumulative);
  totals.sum = or_zero(columns.sum[window]);
  totals.count = or_zero(columns.count[window]);
  return lengths_of(totals);
}

HistogramTotals totals_of(const HistogramColumns& columns,
                          const std::vector<GroupWindow>& windows) {
  HistogramTotals totals;
  std::map<double, double> cumulative;
  for (std::size_t w = 0; w < windows.size(); ++w) {
    if (!windows[w].measured) continue;
    totals.sum += or_zero(columns.sum[w]);
    totals.count += or_zero(columns.count[w]);
    for (const auto& [edge, column] : columns.buckets) cumulative[edge] += or_zero(column[w]);
  }
  totals.buckets = BucketCounts(cumulative);
  return totals;
}

std::optional<GroupLengths> lengths_of(const HistogramTotals& totals) {
  GroupLengths lengths;
  if (totals.count > 0 && totals.sum > 0) lengths.mean = totals.sum / totals.count;
  if (totals.buckets.total() > 0) lengths.bins = refine(totals.buckets, lengths.mean).bins;
  if (lengths.bins.empty() && !lengths.mean) return std::nullopt;
  return lengths;
}

std::optional<LengthMoments> moments_between(const GroupLengths& lengths, double lower,
                                             double upper) {
  const bool whole = lower <= 0 && upper <= 0;
  if (lengths.bins.empty()) {
    if (!whole || !lengths.mean) return std::nullopt;
    return LengthMoments{*lengths.mean, *lengths.mean};
  }
  const std::vector<LengthBin> part = whole ? lengths.bins : part_of(lengths.bins, lower, upper);
  double share = 0.0;
  for (const LengthBin& bin : part) share += bin.share;
  if (share <= 0) return std::nullopt;
  const auto [mean, deviation] = moments_of(part);
  return LengthMoments{whole ? lengths.mean.value_or(mean) : mean, deviation};
}

std::optional<double> share_between(const GroupLengths& lengths, double lower, double upper) {
  if (lower <= 0 && upper <= 0) return 1.0;
  if (lengths.bins.empty()) return std::nullopt;
  double share = 0.0;
  for (const LengthBin& bin : part_of(lengths.bins, lower, upper)) share += bin.share;
  return std::min(1.0, share);
}

}  // namespace berth
