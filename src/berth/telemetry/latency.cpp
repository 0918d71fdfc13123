#include "berth/telemetry/latency.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/telemetry/demand_warnings.h"
#include "berth/telemetry/groups.h"
#include "berth/telemetry/histogram.h"
#include "berth/telemetry/promql.h"
#include "berth/telemetry/time_text.h"

namespace berth {
namespace {

using Kind = TelemetryWarning::Kind;

struct TimeCounts {
  std::map<double, double> buckets;
  double sum = 0.0;
  double count = 0.0;
};

struct GroupLatency {
  std::map<MetricRole, TimeCounts> times;
  std::map<std::string, double> values;  // by the names below
};
constexpr const char* kRunningNow = "running";
constexpr const char* kRunningMean = "running_mean";
constexpr const char* kWaitingNow = "waiting";
constexpr const char* kKvNow = "kv";
constexpr const char* kKvPeak = "kv_peak";
constexpr const char* kInstances = "instances";
constexpr const char* kNewest = "newest";

std::optional<MeasuredTime> time_of(const TimeCounts& counts) {
  const BucketCounts buckets(counts.buckets);
  if (!(buckets.total() > 0)) return std::nullopt;
  MeasuredTime time;
  time.count = counts.count > 0 ? counts.count : buckets.total();
  time.mean = counts.sum / time.count;
  for (std::size_t i = 0; i < kLatencyQuantiles.size(); ++i) {
    time.quantiles[i] = buckets.quantile(kLatencyQuantiles[i], time.beyond[i]);
  }
  for (const auto& [edge, count] : buckets.counts()) {
    time.cumulative.emplace_back(edge, count / buckets.total());
  }
  return time;
}

/// Groups: ClassGroups or DeploymentGroups.
template <class Groups>
class LatencyReader {
 public:
  LatencyReader(Prometheus& prometheus, const TelemetryMapping& mapping, Groups groups,
                double start_s, double end_s)
      : prometheus_(prometheus), mapping_(mapping), groups_(std::move(groups)) {
    reading_.start_s = start_s;
    reading_.end_s = end_s;
  }

  Result<LatencyReading> read() {
    for (const MetricRole role :
         {MetricRole::kTtft, MetricRole::kTpot, MetricRole::kInterToken, MetricRole::kE2e}) {
      histogram(role);
    }
    gauge(MetricRole::kRunning, "sum", "", kRunningNow);
    gauge(MetricRole::kRunning, "sum", "avg_over_time", kRunningMean);
    gauge(MetricRole::kRunning, "count", "", kInstances);
    gauge(MetricRole::kRunning, "max", "timestamp", kNewest);
    gauge(MetricRole::kWaiting, "sum", "", kWaitingNow);
    gauge(MetricRole::kKvUsage, "avg", "", kKvNow);
    gauge(MetricRole::kKvUsage, "max", "max_over_time", kKvPeak);
    newest_of_histograms();
    if (!errors_.empty()) return errors_;
    if (!any_) return nothing_found();
    fill_groups();
    for (const GroupedClass& one : groups_.classes(reading_.warnings)) add_class(one);
    return std::move(reading_);
  }

 private:
  void fill_groups() {
    while (latencies_.size() < groups_.size()) latencies_.emplace_back();
  }

  using Take = std::function<void(GroupLatency&, const LabelSet&, double)>;

  void ask(const std::string& expression, const Take& take) {
    if (!errors_.empty()) return;
    const auto series = prometheus_.query(expression, reading_.end_s);
    if (!series) {
      errors_ = series.errors();
      return;
    }
    for (const SampledSeries& one : *series) {
      const auto group = groups_.group_of(one.labels);
      const double value = one.samples.back().value;
      if (!group || !std::isfinite(value)) continue;
      fill_groups();
      any_ = true;
      take(latencies_[*group], one.labels, value);
    }
  }

  void histogram(MetricRole role) {
    if (mapping_.pack.of(role).empty()) return;
    const std::string range = promql::duration(reading_.end_s - reading_.start_s);
    const auto increase = [&](std::string_view suffix, std::span<const std::string> labels) {
      return promql::aggregate("sum", labels,
                               promql::first_of(mapping_.pack.of(role), suffix, mapping_.selector,
                                                [&](const std::string& metric) {
                                                  return fmt::format("increase({}[{}])", metric,
                                                                     range);
                                                }));
    };
    std::vector<std::string> with_edge = groups_.labels();
    with_edge.emplace_back("le");
    ask(increase("_bucket", with_edge), [&](GroupLatency& group, const LabelSet& labels, double v) {
      const std::string_view text = label_of(labels, "le");
      const auto edge =
          text == "+Inf" ? std::numeric_limits<double>::infinity() : parse_number(text);
      if (edge) group.times[role].buckets[*edge] += v;
    });
    ask(increase("_sum", groups_.labels()),
        [&](GroupLatency& group, const LabelSet&, double v) { group.times[role].sum += v; });
    ask(increase("_count", groups_.labels()),
        [&](GroupLatency& group, const LabelSet&, double v) { group.times[role].count += v; });
  }

  /// The gauge at the end (of ..._over_time: over the range). Label sets of a group are put
  /// together as `aggregation` does: of means the larger one counts.
  void gauge(MetricRole role, std::string_view aggregation, std::string_view function,
             const char* name) {
    if (mapping_.pack.of(role).empty()) return;
    const std::string range = function.ends_with("_over_time")
                                  ? "[" + promql::duration(reading_.end_s - reading_.start_s) + "]"
                                  : "";
    const bool adds = aggregation == "sum" || aggregation == "count";
    ask(promql::aggregate(aggregation, groups_.labels(),
                          promql::first_of(mapping_.pack.of(role), "", mapping_.selector,
                                           [&](const std::string& metric) {
                                             return fmt::format("{}({}{})", function, metric,
                                                                range);
                                           })),
        [&](GroupLatency& group, const LabelSet&, double value) {
          const auto [entry, fresh] = group.values.try_emplace(name, value);
          if (fresh) return;
          entry->second = adds ? entry->second + value : std::max(entry->second, value);
        });
  }

  void newest_of_histograms() {
    const auto& names = mapping_.pack.of(MetricRole::kE2e);
    if (names.empty()) return;
    ask(promql::aggregate("max", groups_.labels(),
                          promql::first_of(names, "_count", mapping_.selector,
                                           [](const std::string& metric) {
                                             return fmt::format("timestamp({})", metric);
                                           })),
        [](GroupLatency& group, const LabelSet&, double value) {
          double& newest = group.values.try_emplace(kNewest, value).first->second;
          newest = std::max(newest, value);
        });
  }

  [[nodiscard]] Error nothing_found() const {
    std::vector<std::string> names;
    for (const MetricRole role : {MetricRole::kTtft, MetricRole::kE2e, MetricRole::kRunning}) {
      const auto& more = mapping_.pack.of(role);
      names.insert(names.end(), more.begin(), more.end());
    }
    return {ErrorCode::kMissing,
            fmt::format("no series of latency or load between {} and {}",
                        iso_time(reading_.start_s), iso_time(reading_.end_s)),
            prometheus_.shown_url(), fmt::format("looked for {}", fmt::join(names, ", "))};
  }

  std::optional<MeasuredTime> time(const GroupedClass& one, const GroupLatency& group,
                                   MetricRole role) {
    const auto found = group.times.find(role);
    if (found == group.times.end()) return std::nullopt;
    auto time = time_of(found->second);
    if (time && time->beyond.back()) {
      reading_.warnings.push_back(
          {Kind::kOpenBucket, one.name,
           fmt::format("{}: the {:.0f}th percentile lies beyond the last bucket, {:.3g} s",
                       to_string(role), 100.0 * kLatencyQuantiles.back(), time->quantiles.back())});
    }
    return time;
  }

  void add_class(const GroupedClass& one) {
    const GroupLatency& group = latencies_[one.group];
    ClassLatency latency;
    latency.name = one.name;
    latency.ttft = time(one, group, MetricRole::kTtft);
    latency.tpot = time(one, group, MetricRole::kTpot);
    if (!latency.tpot) {
      latency.tpot = time(one, group, MetricRole::kInterToken);
      latency.tpot_of_tokens = latency.tpot.has_value();
    }
    latency.e2e = time(one, group, MetricRole::kE2e);
    const auto value = [&](const char* name) -> std::optional<double> {
      const auto found = group.values.find(name);
      return found == group.values.end() ? std::nullopt : std::optional<double>(found->second);
    };
    latency.running = value(kRunningNow);
    latency.running_mean = value(kRunningMean);
    latency.waiting = value(kWaitingNow);
    latency.kv_usage = value(kKvNow);
    latency.kv_peak = value(kKvPeak);
    latency.instances = value(kInstances);
    if (const auto newest = value(kNewest)) {
      reading_.newest_sample_s = std::max(reading_.newest_sample_s.value_or(*newest), *newest);
    }
    if (one.cut_by_length()) {
      reading_.warnings.push_back({Kind::kDefaulted, one.name,
                                   "metrics do not tell times by prompt length: they are those of "
                                   "all prompts"});
    }
    if (!latency.ttft && !latency.e2e && !latency.running) {
      reading_.warnings.push_back(
          {Kind::kMissingMetric, one.name, "no series of latency or load matches this class"});
    }
    reading_.classes.push_back(std::move(latency));
  }

  Prometheus& prometheus_;
  const TelemetryMapping& mapping_;
  Groups groups_;
  std::vector<GroupLatency> latencies_;
  bool any_ = false;
  Errors errors_;
  LatencyReading reading_;
};

Error ends_before_it_begins() {
  return {ErrorCode::kOutOfRange, "the range ends before it begins", "", ""};
}

}  // namespace

std::optional<double> MeasuredTime::share_within(double seconds) const {
  double edge = 0.0;
  double before = 0.0;
  for (const auto& [upper, share] : cumulative) {
    if (seconds <= upper) {
      if (!std::isfinite(upper)) return before >= 1.0 ? std::optional<double>(1.0) : std::nullopt;
      if (upper <= edge) return share;
      return before + (share - before) * (seconds - edge) / (upper - edge);
    }
    edge = upper;
    before = share;
  }
  return 1.0;
}

Result<LatencyReading> read_latency(Prometheus& prometheus, const TelemetryMapping& mapping,
                                    double start_s, double end_s) {
  if (!(end_s > start_s)) return ends_before_it_begins();
  return LatencyReader(prometheus, mapping, ClassGroups(mapping), start_s, end_s).read();
}

Result<LatencyReading> read_deployment_latency(Prometheus& prometheus,
                                               const TelemetryMapping& mapping,
                                               std::span<const std::string> deployments,
                                               double start_s, double end_s) {
  if (!(end_s > start_s)) return ends_before_it_begins();
  TelemetryMapping engines = mapping;
  engines.pack = engine_pack(mapping.pack);
  Result<LatencyReading> reading =
      LatencyReader(prometheus, engines, DeploymentGroups(engines.pack, deployments), start_s,
                    end_s)
          .read();
  if (!reading) return reading;
  std::erase_if(reading->classes,
                [](const ClassLatency& row) { return !row.ttft && !row.tpot && !row.running; });
  std::erase_if(reading->warnings, [](const TelemetryWarning& warning) {
    return warning.kind == Kind::kMissingMetric;  // of those that were left out
  });
  return reading;
}

}  // namespace berth
