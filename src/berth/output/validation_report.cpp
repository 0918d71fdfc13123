#include "berth/output/validation_report.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/svg.h"
#include "berth/output/validation_charts.h"
#include "berth/output/validation_words.h"

namespace berth {
namespace {

std::string header(const Validation& validation) {
  std::string out = fmt::format(
      "<header><p class=\"eyebrow\">Validation</p><h1>Predicted against measured</h1>\n"
      "<p class=\"lead\">{}: {}</p>\n<nav aria-label=\"Sections\">",
      escape_html(validation.file), escape_html(validation_title(validation)));
  for (const ValidationChart& chart : validation_charts(validation)) {
    out += fmt::format("<a href=\"#panel-{}\">{}</a> ", chart.name, escape_html(chart.heading));
  }
  for (const auto& [id, label] :
       {std::pair("gpus", "By GPU"), std::pair("groups", "All groups"),
        std::pair("worst", "Furthest off"), std::pair("missing", "Without a prediction")}) {
    out += fmt::format("<a href=\"#{}\">{}</a> ", id, label);
  }
  return out + "</nav>\n</header>\n";
}

std::string figures(const Validation& validation) {
  std::string out = "<dl class=\"figures\">\n";
  for (const ErrorGroup& group : validation.totals) {
    if (group.kind) continue;
    out += figure(
        metric_words(group.metric), format_percent(group.all.median),
        fmt::format("median error of {} rows; p90 {}, bias {}", format_count(group.all.count),
                    format_percent(group.all.ninetieth), signed_percent(group.all.bias)));
  }
  return out + "</dl>\n";
}

std::vector<std::string> stats_cells(const ErrorStats& stats) {
  if (stats.count == 0) return {"0", "", "", ""};
  return {format_count(stats.count), escape_html(format_percent(stats.median)),
          escape_html(format_percent(stats.ninetieth)), escape_html(signed_percent(stats.bias))};
}

std::string groups_table(const std::string& caption, const std::vector<ErrorGroup>& groups,
                         bool by_model) {
  std::vector<HtmlColumn> columns;
  columns.push_back({"GPU"});
  if (by_model) {
    columns.push_back({"Engine"});
    columns.push_back({"Model"});
  }
  columns.insert(columns.end(), {{"Metric"},
                                 {"Rows", true},
                                 {"Median", true},
                                 {"P90", true},
                                 {"Bias", true},
                                 {"Not suspect", true},
                                 {"Median", true},
                                 {"P90", true},
                                 {"Bias", true}});
  HtmlTable table(caption, std::move(columns));
  for (const ErrorGroup& group : groups) {
    std::vector<std::string> cells = {escape_html(group.gpu)};
    if (by_model) {
      cells.push_back(escape_html(group.engine));
      cells.push_back(escape_html(group.model));
    }
    cells.push_back(escape_html(metric_words(group.metric)));
    for (const ErrorStats* stats : {&group.all, &group.trusted}) {
      for (std::string& cell : stats_cells(*stats)) cells.push_back(std::move(cell));
    }
    table.add_row(std::move(cells));
  }
  return table.html();
}

std::string worst_table(const Validation& validation, std::size_t most) {
  HtmlTable table("Furthest off", {{"Line"},
                                   {"GPU"},
                                   {"Engine"},
                                   {"Model"},
                                   {"Batch", true},
                                   {"Tokens in", true},
                                   {"Out", true},
                                   {"Metric"},
                                   {"Measured", true},
                                   {"Predicted", true},
                                   {"Error", true}});
  for (std::size_t k = 0; k < std::min(most, validation.worst.size()); ++k) {
    const Comparison& c = validation.rows[validation.worst[k]];
    const RunSetting& s = c.setting;
    table.add_row(
        {std::to_string(c.row.line) + (s.suspect() ? " (suspect)" : ""),
         fmt::format("{} × {}", s.tensor_parallel * s.pipeline_parallel, escape_html(c.gpu())),
         escape_html(c.row.engine), escape_html(c.model()),
         s.batch > 0.0 ? fmt::format("{:g}", s.batch) : "", fmt::format("{:.0f}", s.prompt_tokens),
         s.output_tokens > 0.0 ? fmt::format("{:.0f}", s.output_tokens) : "",
         escape_html(metric_words(s.metric)), measured_text(s.metric, c.row.value),
         measured_text(s.metric, *c.predicted), escape_html(signed_percent(*c.error()))});
  }
  return table.html();
}

std::string missing_table(const Validation& validation) {
  HtmlTable table("Without a prediction", {{"Why"}, {"Rows", true}});
  for (const Counted& one : validation.reasons) {
    table.add_row({escape_html(one.name), format_count(one.rows)});
  }
  for (const Counted& one : validation.unresolved) {
    table.add_row({escape_html("unknown " + one.what + " " + one.name), format_count(one.rows)});
  }
  return table.html();
}

}  // namespace

std::string to_html_report(const Validation& validation, std::size_t worst) {
  std::string page =
      page_head("Predicted against measured") + header(validation) + figures(validation);
  for (const ValidationChart& chart : validation_charts(validation)) {
    page += panel("panel-" + chart.name, chart.heading, chart.note, chart.svg);
  }
  page +=
      panel("gpus", "By GPU",
            "Error: predicted/measured - 1. Median and 90th percentile of its size; bias is its "
            "own median. On the right without the rows whose note says that they are suspect.",
            groups_table("By GPU", validation.by_gpu, false), "long");
  page += panel("groups", "All groups", "By GPU, engine, model and metric.",
                groups_table("All groups", validation.groups, true), "long");
  page += panel("worst", "Furthest off", "The rows that are furthest off, by ratio.",
                worst_table(validation, worst), "long");
  page += panel("missing", "Without a prediction", "Rows that were not compared, and why.",
                missing_table(validation), "long");
  return page + page_end();
}

}  // namespace berth
