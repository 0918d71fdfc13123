#include "berth/telemetry/interval_counts.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "berth/telemetry/promql.h"

namespace berth {
namespace {

constexpr double kInterval = 600.0;  // s, in which samples are looked at
// Longer ranges are counted in intervals of several scrapes.
constexpr double kMostIntervals = 44'000.0;
constexpr double kFewestArrivals = 32.0;
constexpr std::size_t kFewestIntervals = 16;
constexpr double kMeanArrivals = 10.0;

/// Pairs of neighbours put together.
std::vector<double> doubled(const std::vector<double>& counts) {
  std::vector<double> pairs;
  for (std::size_t i = 0; i + 1 < counts.size(); i += 2) pairs.push_back(counts[i] + counts[i + 1]);
  return pairs;
}

}  // namespace

Result<std::optional<double>> scrape_interval(Prometheus& prometheus,
                                              const TelemetryMapping& mapping, MetricRole role,
                                              std::string_view suffix, double time_s) {
  std::vector<double> gaps;
  for (const std::string& name : mapping.pack.of(role)) {
    const auto series =
        prometheus.query(fmt::format("{}{}{}[{}]", name, suffix, promql::selector(mapping.selector),
                                     promql::duration(kInterval)),
                         time_s);
    if (!series) return series.errors();
    for (const SampledSeries& one : *series) {
      for (std::size_t i = 1; i < one.samples.size(); ++i) {
        gaps.push_back(one.samples[i].time_s - one.samples[i - 1].time_s);
      }
    }
  }
  if (gaps.empty()) return std::optional<double>();
  const auto middle = gaps.begin() + static_cast<std::ptrdiff_t>(gaps.size() / 2);
  std::nth_element(gaps.begin(), middle, gaps.end());
  // Scrapes are due at whole milliseconds and late by a few.
  const double second = std::round(*middle);
  return std::optional<double>(std::abs(*middle - second) < 0.05 && second > 0 ? second : *middle);
}

Result<IntervalCounts> query_interval_counts(Prometheus& prometheus,
                                             const TelemetryMapping& mapping, ClassGroups& groups,
                                             const WindowGrid& grid, double scrape_interval_s) {
  const double range = static_cast<double>(grid.windows) * grid.step_s;
  IntervalCounts counts;
  counts.interval_s =
      scrape_interval_s * std::max(1.0, std::ceil(range / scrape_interval_s / kMostIntervals));
  const auto intervals = static_cast<std::size_t>(std::floor(range / counts.interval_s + 1e-6));
  if (intervals == 0) return counts;
  const std::string back = promql::duration(counts.interval_s);
  // What a reset takes away is left out: such an interval counts as empty.
  const std::string expression =
      promql::aggregate("sum", groups.labels(),
                        promql::first_of(mapping.pack.of(MetricRole::kArrivals), "",
                                         mapping.selector, [&](const std::string& metric) {
                                           return fmt::format("clamp_min({} - {} offset {}, 0)",
                                                              metric, metric, back);
                                         }));
  const auto series = prometheus.query_range(
      expression, grid.start_s + counts.interval_s,
      grid.start_s + static_cast<double>(intervals) * counts.interval_s, counts.interval_s);
  if (!series) return series.errors();
  for (const SampledSeries& one : *series) {
    const auto group = groups.group_of(one.labels);
    if (!group) continue;
    if (counts.groups.size() <= *group) counts.groups.resize(*group + 1);
    std::vector<double>& column = counts.groups[*group];
    column.resize(intervals, std::numeric_limits<double>::quiet_NaN());
    for (const Sample& sample : one.samples) {
      const double position = (sample.time_s - grid.start_s) / counts.interval_s - 1.0;
      const auto i = static_cast<std::size_t>(std::llround(std::max(0.0, position)));
      if (i >= intervals) continue;
      column[i] = std::isnan(column[i]) ? sample.value : column[i] + sample.value;
    }
  }
  return counts;
}

std::optional<double> interval_variability(std::span<const double> counts) {
  std::vector<double> level(counts.begin(), counts.end());
  while (level.size() >= kFewestIntervals) {
    double sum = 0.0;
    double measured = 0.0;
    for (const double count : level) {
      if (!std::isfinite(count)) continue;
      sum += count;
      measured += 1.0;
    }
    if (sum < kFewestArrivals) return std::nullopt;
    if (sum < kMeanArrivals * measured) {
      level = doubled(level);
      continue;
    }
    double squares = 0.0;
    double pairs = 0.0;
    for (std::size_t i = 1; i < level.size(); ++i) {
      const double difference = level[i] - level[i - 1];
      if (!std::isfinite(difference)) continue;
      squares += difference * difference;
      pairs += 1.0;
    }
    if (pairs + 1.0 < static_cast<double>(kFewestIntervals)) return std::nullopt;
    return squares / pairs / (2.0 * sum / measured);
  }
  return std::nullopt;
}

}  // namespace berth
