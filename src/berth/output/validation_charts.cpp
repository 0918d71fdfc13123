#include "berth/output/validation_charts.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/scatter_chart.h"
#include "berth/output/validation_words.h"

namespace berth {
namespace {

constexpr std::array kTimes = {Metric::kTpot,       Metric::kTtft,    Metric::kE2e,
                               Metric::kDecodeStep, Metric::kPrefill, Metric::kBatchE2e};
constexpr std::array kRates = {Metric::kTokenRate, Metric::kRequestRate};

std::string time_tick(double seconds) {
  return seconds < 0.9e-3 ? fmt::format("{:g} µs", seconds * 1e6) : format_seconds(seconds);
}

std::string rate_tick(double rate) {
  return rate >= 1e3 ? fmt::format("{:g}k", rate / 1e3) : fmt::format("{:g}", rate);
}

std::vector<ScatterSeries> series_of(const Validation& validation,
                                     std::span<const Metric> metrics) {
  std::vector<ScatterSeries> all;
  for (std::size_t k = 0; k < metrics.size(); ++k) {
    ScatterSeries series{metric_words(metrics[k]), static_cast<int>(k), {}};
    for (const Comparison& c : validation.rows) {
      if (c.predicted && c.setting.metric == metrics[k]) {
        series.points.emplace_back(c.row.value, *c.predicted);
      }
    }
    if (!series.points.empty()) all.push_back(std::move(series));
  }
  return all;
}

void add_chart(std::vector<ValidationChart>& charts, const Validation& validation,
               const std::string& name, const std::string& heading, std::span<const Metric> metrics,
               std::string (*tick)(double)) {
  const std::vector<ScatterSeries> series = series_of(validation, metrics);
  if (series.empty()) return;
  ValidationChart chart;
  chart.name = name;
  chart.heading = heading;
  chart.note =
      "Each point is a measured row. On the line the prediction is exact; the band is a factor of "
      "two to either side. Both axes are logarithmic.";
  chart.height = scatter_chart_height(series.size());
  chart.svg =
      scatter_chart(name, heading, "Predicted against measured values. The tables have the errors.",
                    {"measured", "predicted", tick}, series);
  charts.push_back(std::move(chart));
}

}  // namespace

std::vector<ValidationChart> validation_charts(const Validation& validation) {
  std::vector<ValidationChart> charts;
  add_chart(charts, validation, "validation-times", "Times", kTimes, time_tick);
  add_chart(charts, validation, "validation-rates", "Throughput", kRates, rate_tick);
  return charts;
}

}  // namespace berth
