#include "berth/output/study_report.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/html_page.h"
#include "berth/output/html_table.h"
#include "berth/output/study_charts.h"
#include "berth/output/study_words.h"
#include "berth/output/svg.h"

namespace berth {
namespace {

std::string header(const Study& study) {
  const StudyWords words = study_words(study.kind);
  std::string out = fmt::format(
      "<header><p class=\"eyebrow\">Study: {}</p><h1>{}</h1>\n<p class=\"lead\">{}</p>\n",
      to_string(study.kind), escape_html(words.title), escape_html(words.question));
  out += "<nav aria-label=\"Sections\">";
  for (const StudyChart& chart : study_charts(study)) {
    out += fmt::format("<a href=\"#panel-{}\">{}</a> ", chart.name, escape_html(chart.heading));
  }
  for (const auto& [id, label] :
       {std::pair("summary", "Summary"), std::pair("runs", "All runs"),
        std::pair("methods", "Methods"), std::pair("origin", "How it was made")}) {
    out += fmt::format("<a href=\"#{}\">{}</a> ", id, label);
  }
  return out + "</nav>\n</header>\n";
}

std::string figures(const Study& study) {
  std::set<std::string> instances;
  std::size_t plans = 0;
  double seconds = 0.0;
  for (const StudyRow& row : study.rows) {
    instances.insert(row.instance);
    plans += row.cost ? 1U : 0U;
    seconds += row.solve_seconds;
  }
  const auto count = [](std::size_t n) { return format_count(n); };
  std::string out = "<dl class=\"figures\">\n";
  out += figure("Problems", count(instances.size()),
                study.preset.empty() ? "" : "preset " + study.preset);
  out += figure("Runs", count(study.rows.size()),
                fmt::format("{} with a plan, each checked", count(plans)));
  out += figure(study.kind == StudyKind::kAblation ? "Variants" : "Methods",
                count(study.variants.size()), "");
  out += figure("Solving", format_seconds(seconds),
                std::isfinite(study.time_limit_s)
                    ? "at most " + format_seconds(study.time_limit_s) + " a run"
                    : "no time limit");
  return out + "</dl>\n";
}

std::string answer(const Study& study) {
  std::string out;
  if (const std::string text = study_answer(study); !text.empty()) {
    out += fmt::format("<p class=\"answer\">{}</p>\n", escape_html(text));
  }
  std::string warnings;
  if (study.stopped) warnings += "<li>Stopped early: these are the runs done until then.</li>\n";
  for (const StudyRow& row : study.rows) {
    if (row.status != "error") continue;
    warnings += fmt::format("<li>{}, {}: {}</li>\n", escape_html(row.instance),
                            escape_html(row.method), escape_html(row.detail));
  }
  if (warnings.empty()) return out;
  return out + "<aside class=\"warnings\" aria-label=\"Warnings\"><ul>\n" + warnings +
         "</ul></aside>\n";
}

std::string cell(const std::string& text) { return escape_html(text); }

std::vector<HtmlColumn> summary_columns(StudyKind kind) {
  std::vector<HtmlColumn> columns = {{"Problems"}, {"Method"}, {"Plans", true}};
  if (kind == StudyKind::kAblation) {
    columns.insert(columns.end(),
                   {{"Mean change", true}, {"Worst", true}, {"Optimal", true}, {"Root gap", true}});
  } else {
    columns.insert(columns.end(),
                   {{"Median gap", true}, {"Mean", true}, {"Worst", true}, {"Proven", true}});
  }
  columns.push_back({"Time", true});
  if (kind != StudyKind::kAblation) columns.push_back({"To 1 %", true});
  return columns;
}

std::string summary_table(const Study& study) {
  HtmlTable table("Summary", summary_columns(study.kind));
  const auto add = [&](const VariantSummary& summary) {
    std::vector<std::string> cells = {
        cell(summary.set.empty() ? "all" : summary.set), cell(summary.method),
        summary.plans < summary.runs
            ? "<strong class=\"bad-text\">" + cell(plans_text(summary)) + "</strong>"
            : cell(plans_text(summary))};
    if (study.kind == StudyKind::kAblation) {
      const bool whole = summary.method == summary.family;
      cells.push_back(whole ? "" : cell(change_text(summary.mean_change)));
      cells.push_back(whole ? "" : cell(change_text(summary.worst_change)));
      cells.push_back(summary.optimal > 0 ? std::to_string(summary.optimal) : "");
      cells.push_back(summary.mean_root_gap ? cell(gap_text(summary.mean_root_gap)) : "");
    } else {
      cells.push_back(cell(gap_text(summary.median_gap)));
      cells.push_back(cell(gap_text(summary.mean_gap)));
      cells.push_back(cell(gap_text(summary.worst_gap)));
      cells.push_back(cell(gap_text(summary.median_proven)));
    }
    cells.push_back(cell(median_time_text(summary)));
    if (study.kind != StudyKind::kAblation) cells.push_back(cell(time_to_1pct_text(summary)));
    table.add_row(std::move(cells));
  };
  for (const VariantSummary& summary : summarize_variants(study)) add(summary);
  if (sets_of(study).size() > 1) {
    for (const VariantSummary& summary : summarize_sets(study)) add(summary);
  }
  return table.html();
}

std::string status_cell(const StudyRow& row) {
  const bool good = row.cost.has_value();
  const std::string limit = row.limit.empty() ? "" : " (" + row.limit + ")";
  const std::string detail = row.detail.empty() ? "" : " title=\"" + escape_html(row.detail) + "\"";
  return fmt::format("<span class=\"pill {}\"{}>{}</span>", good ? "good-pill" : "bad-pill", detail,
                     escape_html(row.status + limit));
}

std::string runs_table(const Study& study) {
  HtmlTable table("All runs", {{"Problem"},
                               {"Method"},
                               {"Status"},
                               {"Cost/h", true},
                               {"Bound/h", true},
                               {"Gap", true},
                               {"Proven", true},
                               {"Time", true},
                               {"Options", true},
                               {"Pairs", true},
                               {"Build", true}});
  for (const StudyRow& row : study.rows) {
    table.add_row({cell(row.instance), cell(row.method), status_cell(row),
                   row.cost ? format_usd(*row.cost) : "–",
                   row.lower_bound ? format_usd(CostRate::usd_per_hour(*row.lower_bound)) : "–",
                   cell(gap_text(row.gap_to_best)), cell(gap_text(row.gap_proven)),
                   format_seconds(row.solve_seconds), format_count(row.options),
                   format_count(row.pairs), format_seconds(row.build_seconds)});
  }
  return table.html();
}

std::string methods_list(const Study& study) {
  std::string out = "<dl class=\"facts\">\n";
  for (const Variant& variant : study.variants) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escape_html(variant.name),
                       escape_html(variant.what));
  }
  return out + "</dl>\n";
}

std::string origin(const Study& study) {
  std::string out =
      fmt::format("<pre>{}</pre>\n<dl class=\"facts\">\n", escape_html(study.command));
  const auto fact = [&out](std::string_view term, const std::string& text) {
    out += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, escape_html(text));
  };
  fact("Seeds", study.seeds == 1 ? "1" : fmt::format("1 to {}", study.seeds));
  fact("Time limit",
       std::isfinite(study.time_limit_s) ? format_seconds(study.time_limit_s) + " a run" : "none");
  fact("Berth", "version " + study.version);
  return out + "</dl>\n";
}

}  // namespace

std::string to_html_report(const Study& study) {
  std::string page =
      page_head(study_words(study.kind).title) + header(study) + figures(study) + answer(study);
  for (const StudyChart& chart : study_charts(study)) {
    page += panel("panel-" + chart.name, chart.heading, chart.note, chart.svg);
  }
  page +=
      panel("summary", "Summary",
            study.kind == StudyKind::kAblation
                ? "Change of the cost against the whole method, where both have a plan. Root "
                  "gap: from the root relaxation to the best known plan, on average."
                : "Gaps to the best known plan. Proven: median gap to the best proven bound. To "
                  "1 %: median time of the runs that came within 1 % of the best known plan, "
                  "until they did.",
            summary_table(study), "long");
  page += panel("runs", "All runs",
                "Every plan was priced again and checked. Gap: to the best known plan of the "
                "problem. Proven: to the best bound that any method proved for it.",
                runs_table(study), "long");
  page += panel("methods", "Methods", "What was compared.", methods_list(study));
  page += panel("origin", "How this study was made",
                "The same command gives the same costs; times are those of the machine it ran on.",
                origin(study));
  return page + page_end();
}

}  // namespace berth
