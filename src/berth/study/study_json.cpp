#include "berth/study/study_json.h"

#include <cmath>
#include <utility>
#include <vector>

#include "berth/plan/document_text.h"
#include "berth/study/summary.h"

namespace berth {
namespace {

template <class Count>
Node count_node(const std::optional<Count>& value) {
  return value ? integer_node(static_cast<long long>(*value)) : null_node();
}

Node count_node(std::size_t value) { return integer_node(static_cast<long long>(value)); }

Node row_node(const StudyRow& row) {
  return map_node({{"set", text_node(row.set)},
                   {"instance", text_node(row.instance)},
                   {"seed", count_node(row.seed)},
                   {"classes", count_node(row.classes)},
                   {"models", count_node(row.models)},
                   {"pools", count_node(row.pools)},
                   {"options", count_node(row.options)},
                   {"pairs", count_node(row.pairs)},
                   {"family", text_node(row.family)},
                   {"method", text_node(row.method)},
                   {"status", text_node(row.status)},
                   {"limit", text_node(row.limit)},
                   {"detail", text_node(row.detail)},
                   {"cost", row.cost ? money_node(*row.cost) : null_node()},
                   {"lower_bound", number_node(row.lower_bound)},
                   {"gap_to_best", number_node(row.gap_to_best)},
                   {"gap_proven", number_node(row.gap_proven)},
                   {"build_s", number_node(row.build_seconds)},
                   {"solve_s", number_node(row.solve_seconds)},
                   {"to_1pct_s", number_node(row.seconds_to_1pct)},
                   {"root_bound", number_node(row.root_bound)},
                   {"nodes", count_node(row.nodes)}});
}

Node summary_node(const Study& study, const VariantSummary& summary) {
  return map_node({{"method", text_node(summary.method)},
                   {"runs", count_node(summary.runs)},
                   {"plans", count_node(summary.plans)},
                   {"optimal", count_node(summary.optimal)},
                   {"infeasible", count_node(summary.infeasible)},
                   {"median_gap_to_best", number_node(summary.median_gap)},
                   {"mean_gap_to_best", number_node(summary.mean_gap)},
                   {"worst_gap_to_best", number_node(summary.worst_gap)},
                   {"median_gap_proven", number_node(summary.median_proven)},
                   {"median_solve_s", number_node(summary.median_seconds)},
                   {"median_to_1pct_s", number_node(summary.median_to_1pct)},
                   {"time_growth", number_node(time_growth(study, summary.method))},
                   {"mean_change", number_node(summary.mean_change)},
                   {"worst_change", number_node(summary.worst_change)},
                   {"lost", count_node(summary.lost)},
                   {"mean_root_gap", number_node(summary.mean_root_gap)}});
}

}  // namespace

std::string to_json(const Study& study) {
  std::vector<Node> rows;
  for (const StudyRow& row : study.rows) rows.push_back(row_node(row));
  std::vector<Node> summary;
  for (const VariantSummary& one : summarize_variants(study)) {
    summary.push_back(summary_node(study, one));
  }
  const bool whole = study.shard.count == 1;
  const auto time = std::isfinite(study.time_limit_s) ? std::optional(study.time_limit_s)
                                                      : std::optional<double>();
  return json_text(
      map_node({{"format", text_node("berth.study/1")},
                {"study", text_node(std::string(to_string(study.kind)))},
                {"version", text_node(study.version)},
                {"command", text_node(study.command)},
                {"preset", study.preset.empty() ? null_node() : text_node(study.preset)},
                {"seeds", integer_node(study.seeds)},
                {"time_limit_s", number_node(time)},
                {"shard", whole ? null_node()
                                : map_node({{"index", count_node(study.shard.index)},
                                            {"count", count_node(study.shard.count)}})},
                {"stopped", boolean_node(study.stopped)},
                {"rows", list_node(std::move(rows))},
                {"summary", list_node(std::move(summary))}}));
}

}  // namespace berth
