#include "berth/telemetry/demand_warnings.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/telemetry/time_text.h"

namespace berth {
namespace {

using Kind = TelemetryWarning::Kind;

constexpr std::size_t kShownGaps = 3;
constexpr std::size_t kShownUnmatched = 5;
constexpr double kAgreement = 0.02;     // buckets against _count
constexpr double kWithoutTokens = 0.1;  // requests whose lengths nobody counted
constexpr double kOpenShare = 0.001;    // beyond the last bucket
constexpr double kStaleIntervals = 4.0;
constexpr double kStaleAtLeast = 120.0;  // s

double percent(double share) { return 100.0 * share; }

bool all_missing(const WindowColumn& column) {
  return std::none_of(column.begin(), column.end(), [](double v) { return std::isfinite(v); });
}

}  // namespace

std::string names_of(const TelemetryMapping& mapping, MetricRole role) {
  const std::vector<std::string>& names = mapping.pack.of(role);
  if (names.empty()) return fmt::format("the pack '{}' has no name for it", mapping.pack.name);
  return fmt::format("{}", fmt::join(names, ", "));
}

void warn_missing_windows(const std::string& name,
                          const std::vector<std::optional<MeasuredWindow>>& windows,
                          const WindowGrid& grid, TelemetryWarnings& warnings) {
  std::size_t missing = 0;
  std::vector<std::string> gaps;
  for (std::size_t w = 0; w < windows.size();) {
    if (windows[w]) {
      ++w;
      continue;
    }
    const std::size_t first = w;
    while (w < windows.size() && !windows[w]) ++w;
    missing += w - first;
    gaps.push_back(iso_time(grid.begin_of(first)) + " to " + iso_time(grid.end_of(w - 1)));
  }
  if (missing == 0) return;
  const std::size_t more = gaps.size() > kShownGaps ? gaps.size() - kShownGaps : 0;
  gaps.resize(std::min(gaps.size(), kShownGaps));
  warnings.push_back(
      {Kind::kMissingWindows, name,
       fmt::format("{} of {} windows are not measured and left out: {}{}", missing, windows.size(),
                   fmt::join(gaps, ", "), more > 0 ? fmt::format(" and {} more gaps", more) : "")});
}

void warn_group(const std::string& name, const GroupCounters& counters, const GroupDemand& demand,
                const TelemetryMapping& mapping, TelemetryWarnings& warnings) {
  if (demand.partial > 0) {
    warnings.push_back({Kind::kPartialWindows, name,
                        fmt::format("{} windows are covered in part; their rates are those of "
                                    "the part",
                                    demand.partial)});
  }
  if (demand.too_little > 0) {
    warnings.push_back(
        {Kind::kPartialWindows, name,
         fmt::format("{} windows are covered by less than half and left out", demand.too_little)});
  }
  if (counters.base == MetricRole::kArrivals) return;
  if (all_missing(counters.backlog_growth)) {
    warnings.push_back(
        {Kind::kMissingMetric, name,
         fmt::format("the rate is that of requests that end; where engines are saturated more "
                     "arrive, and nothing tells how many wait ({}, {})",
                     names_of(mapping, MetricRole::kRunning),
                     names_of(mapping, MetricRole::kWaiting))});
  } else if (demand.saturated > 0) {
    warnings.push_back(
        {Kind::kSaturated, name,
         fmt::format("in {} windows more requests came than ended; {:.3g} that began to wait were "
                     "added ({:.3g} % of all)",
                     demand.saturated, demand.added,
                     percent(demand.added / std::max(demand.requests, 1.0)))});
  }
}

void warn_lengths(const std::string& name, MetricRole role, const HistogramTotals& totals,
                  const GroupDemand& demand, const TelemetryMapping& mapping,
                  TelemetryWarnings& warnings) {
  const std::string metric = names_of(mapping, role);
  const auto tell = [&](Kind kind, std::string message) {
    warnings.push_back({kind, name, std::move(message)});
  };
  const double buckets = totals.buckets.total();
  if (buckets <= 0 && totals.count <= 0) return;
  if (buckets > 0 &&
      std::abs(buckets - totals.count) > kAgreement * std::max(buckets, totals.count)) {
    tell(Kind::kContradiction,
         fmt::format("{}: the buckets hold {:.6g} requests, _count says {:.6g}", metric, buckets,
                     totals.count));
  }
  if (totals.buckets.disorder() > kAgreement) {
    tell(Kind::kContradiction,
         fmt::format("{}: smaller buckets hold more than larger ones", metric));
  }
  if (buckets > 0 && totals.count > 0 &&
      !refine(totals.buckets, totals.sum / totals.count).mean_fits) {
    tell(Kind::kContradiction,
         fmt::format("{}: the mean of _sum and _count, {:.6g}, lies outside the buckets", metric,
                     totals.sum / totals.count));
  }
  if (totals.buckets.beyond_last_edge() > kOpenShare) {
    tell(Kind::kOpenBucket,
         fmt::format("{}: {:.3g} % are longer than the last bucket's edge, {:.6g} tokens; how long "
                     "is a guess",
                     metric, percent(totals.buckets.beyond_last_edge()),
                     totals.buckets.last_edge()));
  }
  const double ended = std::max(buckets, totals.count);
  const double came = demand.requests - demand.added;
  if (came > 1.0 && ended < (1.0 - kWithoutTokens) * came) {
    tell(Kind::kContradiction,
         fmt::format("{} knows the lengths of {:.3g} % of the requests; the others are taken to be "
                     "alike",
                     metric, percent(ended / came)));
  }
}

void warn_reading(const DemandCounters& counters, const DemandReading& reading,
                  TelemetryWarnings& warnings) {
  if (counters.not_a_number > 0) {
    warnings.push_back({Kind::kNotANumber, "",
                        fmt::format("{} values are NaN or infinite; their windows are not measured",
                                    counters.not_a_number)});
  }
  double unmatched = 0.0;
  std::vector<std::string> labels;
  for (const auto& [text, requests] : counters.unmatched) {
    unmatched += requests;
    if (labels.size() < kShownUnmatched) labels.push_back(text);
  }
  if (unmatched > 0) {
    warnings.push_back(
        {Kind::kUnmatched, "",
         fmt::format("{:.6g} requests belong to no class: {}{}", unmatched, fmt::join(labels, "; "),
                     counters.unmatched.size() > labels.size() ? "; ..." : "")});
  }
  const double end = reading.end_s();
  const double allowed =
      std::max(kStaleAtLeast, kStaleIntervals * reading.scrape_interval_s.value_or(0.0));
  if (reading.newest_sample_s && end - *reading.newest_sample_s > allowed) {
    warnings.push_back({Kind::kStale, "",
                        fmt::format("the newest sample is of {}, {} before the end of the range",
                                    iso_time(*reading.newest_sample_s),
                                    time_span_text(end - *reading.newest_sample_s))});
  }
}

}  // namespace berth
