#include "berth/output/study_charts.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "berth/output/bar_chart.h"
#include "berth/output/dot_chart.h"
#include "berth/output/format.h"
#include "berth/output/line_chart.h"
#include "berth/output/study_words.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

int hue_of(const Study& study, const std::string& method) {
  for (std::size_t v = 0; v < study.variants.size(); ++v) {
    if (study.variants[v].name == method) return static_cast<int>(v);
  }
  return kOtherHue;
}

std::string seconds_tick(double seconds) {
  if (seconds < 0.9e-3) return fmt::format("{:g} µs", std::round(seconds * 1e6));
  return format_seconds(seconds);
}

std::string pairs_tick(double pairs) {
  if (pairs >= 1e6) return fmt::format("{:g}M", pairs / 1e6);
  return pairs >= 1e3 ? fmt::format("{:g}k", pairs / 1e3) : fmt::format("{:g}", pairs);
}

/// A point for each set: the median time over its seeds.
LineSeries time_series(const Study& study, const std::vector<VariantSummary>& summaries,
                       const Variant& variant) {
  LineSeries series{variant.name, hue_of(study, variant.name), {}};
  for (const VariantSummary& summary : summaries) {
    if (summary.method != variant.name || summary.plans == 0) continue;
    if (summary.refused == summary.runs) continue;
    series.points.push_back(
        {summary.mean_pairs, *summary.median_seconds,
         fmt::format("{}, {}: {}, {} above the best known", variant.name, summary.set,
                     format_seconds(*summary.median_seconds), gap_text(summary.mean_gap)),
         summary.limited > 0});
  }
  std::stable_sort(series.points.begin(), series.points.end(),
                   [](const LinePoint& a, const LinePoint& b) { return a.x < b.x; });
  return series;
}

StudyChart time_chart(const Study& study) {
  const std::vector<VariantSummary> summaries = summarize_sets(study);
  std::vector<LineSeries> series;
  for (const Variant& variant : study.variants) {
    LineSeries one = time_series(study, summaries, variant);
    if (!one.points.empty()) series.push_back(std::move(one));
  }
  StudyChart chart;
  if (series.empty()) return chart;
  chart.name = std::string(to_string(study.kind)) + "-time";
  chart.heading = "Time against size";
  chart.note =
      "Median time to solve by the pairs of class and option, both axes logarithmic. A hollow "
      "point was ended by the time limit.";
  chart.height = line_chart_height(series.size());
  chart.svg =
      line_chart(chart.name, chart.heading,
                 "Time to solve against the pairs of class and option, a line a method. "
                 "The tables have the same figures.",
                 {"pairs of class and option", "time to solve", pairs_tick, seconds_tick}, series);
  return chart;
}

StudyChart gap_chart(const Study& study) {
  std::vector<DotRow> rows;
  for (const VariantSummary& summary : summarize_variants(study)) {
    DotRow row;
    row.label = summary.method;
    row.detail = "plans in " + plans_text(summary);
    row.value_text = "median " + gap_text(summary.median_gap);
    row.hue = hue_of(study, summary.method);
    row.median = summary.median_gap;
    for (const StudyRow& run : study.rows) {
      if (run.method != summary.method || !run.gap_to_best) continue;
      row.dots.push_back({*run.gap_to_best, fmt::format("{}, {}: {}", run.method, run.instance,
                                                        format_gap(*run.gap_to_best))});
    }
    rows.push_back(std::move(row));
  }
  StudyChart chart;
  if (std::all_of(rows.begin(), rows.end(), [](const DotRow& row) { return row.dots.empty(); })) {
    return chart;
  }
  chart.name = std::string(to_string(study.kind)) + "-gap";
  chart.heading = "Gap to the best known plan";
  chart.note =
      "A dot a run, the mark is the median. Best known is the least cost of all methods here.";
  chart.height = dot_chart_height(rows.size());
  chart.svg = dot_chart(chart.name, chart.heading,
                        "By method, how much dearer each plan is than the best known one. The "
                        "table of all runs has the same figures.",
                        "above the best known plan", rows);
  return chart;
}

StudyChart family_chart(const Study& study, const std::string& family) {
  std::vector<Bar> bars;
  for (const VariantSummary& summary : summarize_variants(study)) {
    if (summary.family != family) continue;
    Bar bar;
    bar.label = summary.method;
    bar.detail = lost_text(summary);
    bar.value = std::max(0.0, summary.mean_change.value_or(0.0));
    bar.hue = summary.lost > 0 ? kRefusedHue : 0;
    bar.value_text = bars.empty() ? "whole" : change_text(summary.mean_change);
    bars.push_back(std::move(bar));
  }
  StudyChart chart;
  if (bars.size() < 2) return chart;
  chart.name = "ablation-" + family;
  chart.heading = "Parts of " + family;
  chart.note =
      "Mean change of the cost when one part is taken away, over the runs where both have a plan.";
  chart.height = bar_chart_height(bars.size());
  chart.svg = bar_chart(chart.name, chart.heading,
                        "How much dearer plans become without each part. The table has the same "
                        "figures.",
                        bars);
  return chart;
}

/// An exact method ends at the same cost without most of its parts, only later.
StudyChart family_time_chart(const Study& study, const std::string& family) {
  std::vector<Bar> bars;
  bool exact = false;
  for (const VariantSummary& summary : summarize_variants(study)) {
    if (summary.family != family) continue;
    exact |= summary.optimal > 0;
    Bar bar;
    bar.label = summary.method;
    bar.detail = fmt::format("{} proven", summary.optimal);
    bar.value = summary.total_seconds;
    bar.value_text = format_seconds(summary.total_seconds);
    bars.push_back(std::move(bar));
  }
  StudyChart chart;
  if (bars.size() < 2 || !exact) return chart;
  chart.name = "ablation-" + family + "-time";
  chart.heading = "Time of " + family + " without its parts";
  chart.note =
      "Time to solve all problems together, each within the time limit; and how many were proven "
      "optimal.";
  chart.height = bar_chart_height(bars.size());
  chart.svg = bar_chart(chart.name, chart.heading,
                        "Time to solve all problems, a bar a variant. The table has the same "
                        "figures.",
                        bars);
  return chart;
}

}  // namespace

std::vector<StudyChart> study_charts(const Study& study) {
  std::vector<StudyChart> charts;
  const auto add = [&charts](StudyChart chart) {
    if (!chart.svg.empty()) charts.push_back(std::move(chart));
  };
  if (study.kind == StudyKind::kScale) add(time_chart(study));
  if (study.kind != StudyKind::kAblation) {
    add(gap_chart(study));
    return charts;
  }
  std::string family;
  for (const Variant& variant : study.variants) {
    if (variant.family == family) continue;
    family = variant.family;
    add(family_chart(study, family));
    add(family_time_chart(study, family));
  }
  return charts;
}

}  // namespace berth
