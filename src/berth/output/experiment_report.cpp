#include "berth/output/experiment_report.h"

#include <algorithm>

#include <fmt/format.h>

#include "berth/output/bar_chart.h"
#include "berth/output/format.h"
#include "berth/output/frontier_chart.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/svg.h"
#include "berth/output/text_grid.h"
#include "berth/output/timeline_chart.h"

namespace berth {
namespace {

constexpr double kStripHeight = 74.0;
constexpr double kStripsBase = 60.0;

std::vector<Bar> bars_of(const ExperimentChart& chart) {
  std::vector<Bar> bars;
  for (const ExperimentBar& bar : chart.bars) {
    bars.push_back({bar.label, bar.detail, bar.value_text, bar.value, bar.hue % kHues});
  }
  return bars;
}

std::vector<FrontierLine> lines_of(const ExperimentChart& chart) {
  std::vector<FrontierLine> lines;
  for (const ExperimentPoint& point : chart.points) {
    auto line = std::find_if(lines.begin(), lines.end(),
                             [&](const FrontierLine& known) { return known.name == point.line; });
    if (line == lines.end()) {
      lines.push_back({point.line, static_cast<int>(lines.size()) % kHues, {}});
      line = lines.end() - 1;
    }
    line->points.push_back({point.cost, point.risk, point.label,
                            fmt::format("{}, {}: ${:.2f} an hour, {:.1f} % broken", point.line,
                                        point.label, point.cost, 100.0 * point.risk)});
  }
  return lines;
}

std::vector<TimelineStrip> strips_of(const ExperimentChart& chart) {
  std::vector<TimelineStrip> strips;
  double most_gpus = 0.0;
  for (std::size_t k = 1; k < chart.strips.size(); ++k) {
    for (const double value : chart.strips[k].values) most_gpus = std::max(most_gpus, value);
  }
  for (std::size_t k = 0; k < chart.strips.size(); ++k) {
    const ExperimentStrip& strip = chart.strips[k];
    double most = 0.0;
    double sum = 0.0;
    for (const double value : strip.values) {
      most = std::max(most, value);
      sum += value;
    }
    const double mean = sum / static_cast<double>(std::max<std::size_t>(1, strip.values.size()));
    // The first is the demand; the others share a scale.
    strips.push_back({strip.label, fmt::format("mean {:.4g}, most {:.4g}", mean, most),
                      strip.hue % kHues, strip.values, std::max(1e-9, k == 0 ? most : most_gpus)});
  }
  return strips;
}

ExperimentPlot plot_of(const ExperimentChart& chart) {
  ExperimentPlot plot{chart.name, "", 0.0};
  const std::string id = "chart-" + chart.name;
  if (!chart.bars.empty()) {
    plot.svg = bar_chart(id, chart.heading, chart.note, bars_of(chart));
    plot.height = bar_chart_height(chart.bars.size());
  } else if (!chart.points.empty()) {
    const std::vector<FrontierLine> lines = lines_of(chart);
    plot.svg = frontier_chart(id, chart.heading, chart.note, "expected cost, USD per hour",
                              "promises broken", lines);
    plot.height = frontier_chart_height(lines.size());
  } else {
    const std::size_t windows = chart.strips.empty() ? 0 : chart.strips.front().values.size();
    plot.svg = timeline_chart(id, chart.heading, chart.note, chart.window_s,
                              chart.window_s * static_cast<double>(windows), strips_of(chart));
    plot.height = kStripsBase + kStripHeight * static_cast<double>(chart.strips.size());
  }
  return plot;
}

std::string rows_table(const Experiment& experiment) {
  std::vector<HtmlColumn> columns;
  for (std::size_t k = 0; k < experiment.columns.size(); ++k) {
    columns.push_back({experiment.columns[k], k > 2});
  }
  HtmlTable table("All rows", columns);
  for (const auto& row : experiment.rows) {
    std::vector<std::string> cells;
    for (const std::string& cell : row) cells.push_back(escape_html(cell));
    table.add_row(std::move(cells));
  }
  return table.html();
}

std::string set_up_table(const Experiment& experiment) {
  HtmlTable table("How it was made", {{"What"}, {"How"}});
  for (const auto& [what, how] : experiment.set_up) {
    table.add_row({escape_html(what), escape_html(how)});
  }
  table.add_row({"Time", format_seconds(experiment.seconds)});
  table.add_row({"Again", "<code>" + escape_html(experiment.command) + "</code>"});
  table.add_row({"Version", escape_html("berth " + experiment.version)});
  return table.html();
}

}  // namespace

std::vector<ExperimentPlot> experiment_plots(const Experiment& experiment) {
  std::vector<ExperimentPlot> plots;
  for (const ExperimentChart& chart : experiment.charts) plots.push_back(plot_of(chart));
  return plots;
}

std::string to_html_report(const Experiment& experiment) {
  std::string out = page_head("Study: " + experiment.title);
  out += fmt::format(
      "<header><p class=\"eyebrow\">Study: {}</p><h1>{}</h1>\n<p class=\"lead\">{}</p></header>\n",
      to_string(experiment.kind), escape_html(experiment.title), escape_html(experiment.question));
  for (const std::string& answer : experiment.answers) {
    out += "<p class=\"answer\">" + escape_html(answer) + "</p>\n";
  }
  for (const ExperimentChart& chart : experiment.charts) {
    out += panel("panel-" + chart.name, chart.heading, chart.note, plot_of(chart).svg);
  }
  out +=
      panel("rows", "All rows", "costs in USD, times in seconds, shares 0 to 1; as in the CSV file",
            rows_table(experiment));
  out += panel("origin", "How it was made", "", set_up_table(experiment));
  return out + page_end();
}

std::string to_table(const Experiment& experiment, const TableStyle& style) {
  std::string out = paint(experiment.title, Tone::kStrong, style.color) + "\n  " +
                    wrap(experiment.question, style.cells() - 2, 2) + "\n\n";
  std::vector<GridColumn> columns;
  for (std::size_t k = 0; k < experiment.columns.size(); ++k) {
    columns.push_back({experiment.columns[k], k > 2 ? Align::kRight : Align::kLeft});
  }
  TextGrid grid(columns);
  for (const auto& row : experiment.rows) {
    std::vector<GridCell> cells;
    for (const std::string& cell : row) cells.push_back({printable(cell)});
    grid.add_row(std::move(cells));
  }
  out += grid.render(style.terminal(), style.color);
  for (const std::string& answer : experiment.answers) {
    out += "\n  " + wrap(answer, style.cells() - 2, 2) + "\n";
  }
  return out;
}

}  // namespace berth
