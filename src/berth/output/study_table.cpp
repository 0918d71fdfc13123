#include "berth/output/study_table.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"
#include "berth/output/study_words.h"
#include "berth/output/text_grid.h"

namespace berth {
namespace {

GridColumn number(std::string header) { return {std::move(header), Align::kRight, 0}; }

Tone tone_of(const VariantSummary& summary) {
  return summary.plans < summary.runs ? Tone::kWarning : Tone::kPlain;
}

std::string no_plan_text(const VariantSummary& summary) {
  if (summary.refused == summary.runs) return "too large";
  return summary.infeasible > 0 ? "infeasible" : "no plan";
}

/// One row a set, one column a method.
std::string by_set(const Study& study, const TableStyle& style,
                   std::string (*text)(const VariantSummary&)) {
  std::vector<GridColumn> columns = {{"problem", Align::kLeft, 10}, number("pairs")};
  for (const Variant& variant : study.variants) columns.push_back(number(variant.name));
  TextGrid grid(std::move(columns));
  const std::vector<VariantSummary> summaries = summarize_sets(study);
  for (const std::string& set : sets_of(study)) {
    std::vector<GridCell> cells(study.variants.size() + 2);
    cells[0] = {printable(set), Tone::kStrong};
    for (const VariantSummary& summary : summaries) {
      if (summary.set != set) continue;
      cells[1].text = format_count(std::llround(summary.mean_pairs));
      for (std::size_t v = 0; v < study.variants.size(); ++v) {
        if (study.variants[v].name != summary.method) continue;
        cells[v + 2] = {summary.plans > 0 ? text(summary) : no_plan_text(summary),
                        tone_of(summary)};
      }
    }
    grid.add_row(std::move(cells));
  }
  return grid.render(static_cast<std::size_t>(style.width), style.color);
}

std::string scale_table(const Study& study, const TableStyle& style) {
  return "  Median time\n" +
         by_set(study, style,
                [](const VariantSummary& summary) { return median_time_text(summary); }) +
         "\n  Mean gap to the best known plan\n" +
         by_set(study, style,
                [](const VariantSummary& summary) { return gap_text(summary.mean_gap); }) +
         "\n";
}

std::string gap_table(const Study& study, const TableStyle& style) {
  TextGrid grid({{"method", Align::kLeft, 0},
                 number("plans"),
                 number("median gap"),
                 number("mean"),
                 number("worst"),
                 number("proven"),
                 number("time"),
                 number("to 1 %")});
  for (const VariantSummary& summary : summarize_variants(study)) {
    grid.add_row({{summary.method, Tone::kStrong},
                  {plans_text(summary), tone_of(summary)},
                  {gap_text(summary.median_gap)},
                  {gap_text(summary.mean_gap)},
                  {gap_text(summary.worst_gap)},
                  {gap_text(summary.median_proven)},
                  {median_time_text(summary)},
                  {time_to_1pct_text(summary)}});
  }
  return grid.render(static_cast<std::size_t>(style.width), style.color) +
         "\n  Gaps to the best known plan; proven: median gap to the best proven bound; "
         "to 1 %: median time\n  until a plan within 1 % of the best known was there, where it "
         "came.\n";
}

std::string ablation_table(const Study& study, const TableStyle& style) {
  const std::vector<VariantSummary> summaries = summarize_variants(study);
  const bool roots = std::any_of(summaries.begin(), summaries.end(), [](const VariantSummary& s) {
    return s.mean_root_gap.has_value();
  });
  std::vector<GridColumn> columns = {{"variant", Align::kLeft, 14},
                                     number("plans"),
                                     number("mean change"),
                                     number("worst"),
                                     number("time")};
  if (roots) {
    columns.push_back(number("optimal"));
    columns.push_back(number("root gap"));
  }
  TextGrid grid(std::move(columns));
  std::string family;
  for (const VariantSummary& summary : summaries) {
    if (!family.empty() && summary.family != family) grid.add_rule();
    const bool whole = summary.family != family;
    family = summary.family;
    std::vector<GridCell> cells = {{summary.method, whole ? Tone::kStrong : Tone::kPlain},
                                   {plans_text(summary), tone_of(summary)},
                                   {whole ? "" : change_text(summary.mean_change)},
                                   {whole ? "" : change_text(summary.worst_change)},
                                   {median_time_text(summary)}};
    if (roots) {
      cells.push_back({summary.optimal > 0 ? std::to_string(summary.optimal) : ""});
      cells.push_back({summary.mean_root_gap ? gap_text(summary.mean_root_gap) : ""});
    }
    grid.add_row(std::move(cells));
  }
  return grid.render(static_cast<std::size_t>(style.width), style.color) +
         "\n  Change of the cost against the whole method, where both have a plan.\n";
}

std::string table_of(const Study& study, const TableStyle& style) {
  switch (study.kind) {
    case StudyKind::kScale: return scale_table(study, style);
    case StudyKind::kGap: return gap_table(study, style);
    case StudyKind::kAblation: return ablation_table(study, style);
  }
  return {};
}

}  // namespace

std::string to_table(const Study& study, const TableStyle& style) {
  const auto width = static_cast<std::size_t>(style.width);
  std::string text = paint(study_words(study.kind).title, Tone::kStrong, style.color) + "\n\n" +
                     table_of(study, style);
  if (const std::string answer = study_answer(study); !answer.empty()) {
    text += "  " + wrap(answer, width > 2 ? width - 2 : width, 2) + "\n";
  }
  if (study.stopped) text += "  Stopped early: this is what was done until then.\n";
  for (const StudyRow& row : study.rows) {
    if (row.status != "error") continue;
    text += "  " + paint("error", Tone::kBad, style.color) + " " + printable(row.instance) + ", " +
            row.method + ": " + printable(row.detail) + "\n";
  }
  return text;
}

}  // namespace berth
