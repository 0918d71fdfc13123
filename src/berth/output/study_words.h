#pragma once
// What a study asks and what it found, in the words of the table and the page.

#include <string>

#include "berth/study/study.h"
#include "berth/study/summary.h"

namespace berth {

struct StudyWords {
  std::string title;     ///< "Distance from the best"
  std::string question;  ///< one sentence
};
[[nodiscard]] StudyWords study_words(StudyKind kind);

/// What the rows say, one or two sentences; empty where there is nothing to say.
[[nodiscard]] std::string study_answer(const Study& study);

/// "12 of 12"
[[nodiscard]] std::string plans_text(const VariantSummary& summary);
/// format_gap, or a dash.
[[nodiscard]] std::string gap_text(const std::optional<double>& gap);
/// "+3.1 %", "-0.2 %", "as cheap", or a dash.
[[nodiscard]] std::string change_text(const std::optional<double>& change);
/// The whole method, or "no plan in 2 of 5" beside the change.
[[nodiscard]] std::string lost_text(const VariantSummary& summary);
/// "> " before it where a limit ended a run.
[[nodiscard]] std::string median_time_text(const VariantSummary& summary);
/// Of the runs that came within 1 % of the best; a dash if none did.
[[nodiscard]] std::string time_to_1pct_text(const VariantSummary& summary);

}  // namespace berth
