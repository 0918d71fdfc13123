#include "berth/output/study_words.h"

#include <vector>

#include <fmt/format.h>

#include "berth/output/format.h"

namespace berth {
namespace {

constexpr const char* kDash = "–";

std::string sentence(const std::vector<std::string>& parts) {
  return parts.empty() ? "" : fmt::format("{}.", fmt::join(parts, "; "));
}

std::string scale_answer(const Study& study) {
  std::vector<std::string> parts;
  for (const VariantSummary& summary : summarize_variants(study)) {
    const auto growth = time_growth(study, summary.method);
    if (growth) parts.push_back(fmt::format("{} as pairs^{:.2f}", summary.method, *growth));
  }
  return parts.empty() ? "" : "Time grows with the pairs: " + sentence(parts);
}

std::string gap_answer(const Study& study) {
  std::vector<std::string> parts;
  for (const VariantSummary& summary : summarize_variants(study)) {
    if (!summary.median_gap || !summary.worst_gap) continue;
    std::string part = fmt::format("{} {} (worst {})", summary.method,
                                   format_gap(*summary.median_gap), format_gap(*summary.worst_gap));
    if (summary.plans < summary.runs) part += ", plans in " + plans_text(summary);
    parts.push_back(std::move(part));
  }
  return parts.empty() ? "" : "Median gap to the best known plan: " + sentence(parts);
}

std::string ablation_answer(const Study& study) {
  std::vector<std::string> parts;
  for (const VariantSummary& summary : summarize_variants(study)) {
    if (summary.lost == 0 && summary.mean_change.value_or(0.0) <= 0.005) continue;
    std::string part = summary.method;
    if (summary.mean_change) part += " " + change_text(summary.mean_change);
    if (summary.lost > 0) part += ", " + lost_text(summary);
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return "No part that was taken away changes the mean cost by more than 0.5 %.";
  return "Mean change of the cost: " + sentence(parts);
}

}  // namespace

StudyWords study_words(StudyKind kind) {
  switch (kind) {
    case StudyKind::kScale:
      return {"Cost and time by size", "How do time and cost grow with the size of the problem?"};
    case StudyKind::kGap:
      return {"Distance from the best",
              "How far from the best known plan, and from the proven bound, is each method?"};
    case StudyKind::kAblation:
      return {"What each part is worth",
              "What does a method lose when one of its parts is taken away?"};
  }
  return {};
}

std::string study_answer(const Study& study) {
  switch (study.kind) {
    case StudyKind::kScale: return scale_answer(study);
    case StudyKind::kGap: return gap_answer(study);
    case StudyKind::kAblation: return ablation_answer(study);
  }
  return {};
}

std::string plans_text(const VariantSummary& summary) {
  return fmt::format("{} of {}", summary.plans, summary.runs);
}

std::string gap_text(const std::optional<double>& gap) { return gap ? format_gap(*gap) : kDash; }

std::string change_text(const std::optional<double>& change) {
  if (!change) return kDash;
  const std::string text = format_gap(*change);
  if (text == "0 %") return text;
  return *change > 0.0 ? "+" + text : text;
}

std::string lost_text(const VariantSummary& summary) {
  if (summary.lost == 0) return "";
  return fmt::format("infeasible in {} of {}", summary.lost, summary.runs);
}

std::string median_time_text(const VariantSummary& summary) {
  if (!summary.median_seconds) return kDash;
  if (summary.refused == summary.runs) return "too large";
  return (summary.limited > 0 ? "> " : "") + format_seconds(*summary.median_seconds);
}

std::string time_to_1pct_text(const VariantSummary& summary) {
  return summary.median_to_1pct ? format_seconds(*summary.median_to_1pct) : kDash;
}

}  // namespace berth
