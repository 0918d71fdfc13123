#include "berth/telemetry/demand_queries.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/telemetry/promql.h"

namespace berth {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
// Marks a (group, window) with a value that is no number; turned into kNone at the end.
constexpr double kPoison = std::numeric_limits<double>::infinity();
constexpr std::string_view kEdgeLabel = "le";

bool any_measured(const WindowColumn& column) {
  return std::any_of(column.begin(), column.end(), [](double v) { return std::isfinite(v); });
}

std::optional<double> edge_of(const LabelSet& labels) {
  const std::string_view text = label_of(labels, kEdgeLabel);
  if (text == "+Inf" || text == "Inf") return std::numeric_limits<double>::infinity();
  return parse_number(text);
}

class DemandQueries {
 public:
  DemandQueries(Prometheus& prometheus, const TelemetryMapping& mapping, ClassGroups& groups,
                const WindowGrid& grid)
      : prometheus_(prometheus), mapping_(mapping), groups_(groups), grid_(grid) {}

  Result<DemandCounters> run() {
    counter(MetricRole::kArrivals, "", &GroupCounters::arrivals, /*tells_unmatched=*/true);
    counter(MetricRole::kCompletions, "", &GroupCounters::completions, /*tells_unmatched=*/true);
    histogram(MetricRole::kPromptTokens, &GroupCounters::prompt);
    histogram(MetricRole::kOutputTokens, &GroupCounters::output);
    choose_base();
    for (const Base& base : bases()) coverage(base);
    totals();
    counter(MetricRole::kPrefixQueries, "", &GroupCounters::prefix_queries);
    counter(MetricRole::kPrefixHits, "", &GroupCounters::prefix_hits);
    if (needs_backlog()) backlog();
    if (!errors_.empty()) return errors_;
    settle();
    return std::move(counters_);
  }

 private:
  using Fold = double (*)(double, double);
  using Target = std::function<WindowColumn*(std::size_t group, const LabelSet& labels)>;
  struct Base {
    MetricRole role;
    std::string suffix;
    friend bool operator==(const Base&, const Base&) = default;
  };

  static double add(double a, double b) { return a + b; }
  static double larger(double a, double b) { return std::max(a, b); }

  GroupCounters& group(std::size_t index) {
    while (counters_.groups.size() <= index) counters_.groups.emplace_back();
    return counters_.groups[index];
  }

  [[nodiscard]] std::vector<std::string> labels_with_edge() const {
    std::vector<std::string> labels = groups_.labels();
    labels.emplace_back(kEdgeLabel);
    return labels;
  }

  /// The expression at the end of every window, folded into the column that `target` names.
  void into_columns(const std::string& expression, Fold fold, const Target& target,
                    bool tells_unmatched = false) {
    if (!errors_.empty()) return;
    const auto series = prometheus_.query_range(expression, grid_.end_of(0),
                                                grid_.end_of(grid_.windows - 1), grid_.step_s);
    if (!series) {
      errors_ = series.errors();
      return;
    }
    for (const SampledSeries& one : *series) {
      const auto index = groups_.group_of(one.labels);
      if (!index) {
        if (tells_unmatched) tell_unmatched(one);
        continue;
      }
      WindowColumn* column = target(*index, one.labels);
      if (column == nullptr) continue;
      column->resize(grid_.windows, kNone);
      for (const Sample& sample : one.samples) {
        const double position = (sample.time_s - grid_.start_s) / grid_.step_s - 1.0;
        const auto w = static_cast<std::size_t>(std::llround(std::max(0.0, position)));
        if (w >= grid_.windows) continue;
        double& value = (*column)[w];
        if (!std::isfinite(sample.value)) {
          ++counters_.not_a_number;
          value = kPoison;
        } else if (value != kPoison) {
          value = std::isnan(value) ? sample.value : fold(value, sample.value);
        }
      }
    }
  }

  void tell_unmatched(const SampledSeries& series) {
    double total = 0.0;
    for (const Sample& sample : series.samples) {
      if (std::isfinite(sample.value)) total += sample.value;
    }
    if (total > 0) counters_.unmatched[shown_labels(series.labels)] += total;
  }

  [[nodiscard]] std::string increase(MetricRole role, std::string_view suffix) const {
    const std::string window = promql::duration(grid_.step_s);
    return promql::first_of(
        mapping_.pack.of(role), suffix, mapping_.selector,
        [&](const std::string& metric) { return fmt::format("increase({}[{}])", metric, window); });
  }

  void counter(MetricRole role, std::string_view suffix, WindowColumn GroupCounters::*column,
               bool tells_unmatched = false) {
    if (mapping_.pack.of(role).empty()) return;
    into_columns(
        promql::aggregate("sum", groups_.labels(), increase(role, suffix)), add,
        [&](std::size_t index, const LabelSet&) { return &(group(index).*column); },
        tells_unmatched);
  }

  void histogram(MetricRole role, HistogramColumns GroupCounters::*member) {
    if (mapping_.pack.of(role).empty()) return;
    into_columns(promql::aggregate("sum", groups_.labels(), increase(role, "_sum")), add,
                 [&](std::size_t index, const LabelSet&) { return &(group(index).*member).sum; });
    into_columns(promql::aggregate("sum", groups_.labels(), increase(role, "_count")), add,
                 [&](std::size_t index, const LabelSet&) { return &(group(index).*member).count; });
    into_columns(promql::aggregate("sum", labels_with_edge(), increase(role, "_bucket")), add,
                 [&](std::size_t index, const LabelSet& labels) -> WindowColumn* {
                   const auto edge = edge_of(labels);
                   return edge ? &(group(index).*member).buckets[*edge] : nullptr;
                 });
  }

  /// Arrivals where they are counted, else what ends.
  void choose_base() {
    for (GroupCounters& one : counters_.groups) {
      if (any_measured(one.arrivals)) {
        set_base(one, MetricRole::kArrivals, "");
      } else if (any_measured(one.completions)) {
        set_base(one, MetricRole::kCompletions, "");
      } else if (any_measured(one.prompt.count)) {
        set_base(one, MetricRole::kPromptTokens, "_count");
      } else if (any_measured(one.output.count)) {
        set_base(one, MetricRole::kOutputTokens, "_count");
      }
    }
  }

  static void set_base(GroupCounters& one, MetricRole role, std::string suffix) {
    one.base = role;
    one.base_suffix = std::move(suffix);
    one.has_base = true;
  }

  [[nodiscard]] std::vector<Base> bases() const {
    std::vector<Base> bases;
    for (const GroupCounters& one : counters_.groups) {
      const Base base{one.base, one.base_suffix};
      if (one.has_base && std::find(bases.begin(), bases.end(), base) == bases.end()) {
        bases.push_back(base);
      }
    }
    return bases;
  }

  void coverage(const Base& base) {
    const std::string window = promql::duration(grid_.step_s);
    const auto of_base = [&](std::size_t index) {
      const GroupCounters& one = group(index);
      return one.has_base && Base{one.base, one.base_suffix} == base;
    };
    const auto metric = [&](std::string_view function, std::string_view range) {
      return promql::aggregate("max", groups_.labels(),
                               promql::first_of(mapping_.pack.of(base.role), base.suffix,
                                                mapping_.selector, [&](const std::string& name) {
                                                  return fmt::format("{}({}{})", function, name,
                                                                     range);
                                                }));
    };
    into_columns(metric("count_over_time", "[" + window + "]"), larger,
                 [&](std::size_t index, const LabelSet&) {
                   return of_base(index) ? &group(index).samples : nullptr;
                 });
    const std::string newest = metric("timestamp", "");
    into_columns(newest, larger, [&](std::size_t index, const LabelSet&) {
      return of_base(index) ? &group(index).newest : nullptr;
    });
    if (!errors_.empty()) return;
    const auto before = prometheus_.query(newest, grid_.start_s);
    if (!before) {
      errors_ = before.errors();
      return;
    }
    for (const SampledSeries& one : *before) {
      const auto index = groups_.group_of(one.labels);
      if (!index || !of_base(*index) || !std::isfinite(one.samples.front().value)) continue;
      double& time = group(*index).newest_before;
      time =
          std::isnan(time) ? one.samples.front().value : std::max(time, one.samples.front().value);
    }
  }

  /// Token counters stand in for histograms that are not there.
  void totals() {
    const auto lacks = [&](HistogramColumns GroupCounters::*member) {
      return std::any_of(counters_.groups.begin(), counters_.groups.end(),
                         [&](const GroupCounters& one) {
                           return one.has_base && !any_measured((one.*member).count);
                         });
    };
    if (lacks(&GroupCounters::prompt)) {
      counter(MetricRole::kPromptTokensTotal, "", &GroupCounters::prompt_total);
    }
    if (lacks(&GroupCounters::output)) {
      counter(MetricRole::kOutputTokensTotal, "", &GroupCounters::output_total);
    }
  }

  [[nodiscard]] bool needs_backlog() const {
    return std::any_of(
        counters_.groups.begin(), counters_.groups.end(),
        [](const GroupCounters& one) { return one.has_base && one.base != MetricRole::kArrivals; });
  }

  /// How much more runs and waits at a window's end than at its begin, instance by instance: one
  /// that came starts from nothing, one that went takes along what it had at last.
  void backlog() {
    std::vector<MetricRole> gauges = {MetricRole::kRunning};
    if (!mapping_.pack.running_includes_waiting) gauges.push_back(MetricRole::kWaiting);
    const std::string window = promql::duration(grid_.step_s);
    for (const MetricRole gauge : gauges) {
      if (mapping_.pack.of(gauge).empty()) continue;
      const auto last = [&](std::string_view offset) {
        return promql::first_of(
            mapping_.pack.of(gauge), "", mapping_.selector, [&](const std::string& metric) {
              return fmt::format("last_over_time({}[{}]{})", metric, window, offset);
            });
      };
      const std::string now = last("");
      const std::string before = last(" offset " + window);
      into_columns(
          promql::aggregate("sum", groups_.labels(),
                            fmt::format("{} - ({} or {} * 0)", now, before, now)),
          add, [&](std::size_t index, const LabelSet&) { return &group(index).backlog_growth; });
      into_columns(
          promql::aggregate("count", groups_.labels(), before), add,
          [&](std::size_t index, const LabelSet&) { return &group(index).backlog_before; });
    }
  }

  void settle() {
    for (GroupCounters& one : counters_.groups) {
      for (WindowColumn* column :
           {&one.arrivals, &one.completions, &one.prompt.sum, &one.prompt.count, &one.output.sum,
            &one.output.count, &one.prompt_total, &one.output_total, &one.prefix_queries,
            &one.prefix_hits, &one.backlog_growth, &one.backlog_before, &one.samples,
            &one.newest}) {
        settle(*column);
      }
      for (auto& [edge, column] : one.prompt.buckets) settle(column);
      for (auto& [edge, column] : one.output.buckets) settle(column);
    }
  }
  void settle(WindowColumn& column) const {
    column.resize(grid_.windows, kNone);
    std::replace(column.begin(), column.end(), kPoison, kNone);
  }

  Prometheus& prometheus_;
  const TelemetryMapping& mapping_;
  ClassGroups& groups_;
  const WindowGrid& grid_;
  DemandCounters counters_;
  Errors errors_;
};

}  // namespace

const WindowColumn& GroupCounters::base_column() const {
  switch (base) {
    case MetricRole::kArrivals: return arrivals;
    case MetricRole::kPromptTokens: return prompt.count;
    case MetricRole::kOutputTokens: return output.count;
    default: return completions;
  }
}

Result<DemandCounters> query_demand(Prometheus& prometheus, const TelemetryMapping& mapping,
                                    ClassGroups& groups, const WindowGrid& grid) {
  return DemandQueries(prometheus, mapping, groups, grid).run();
}

}  // namespace berth
