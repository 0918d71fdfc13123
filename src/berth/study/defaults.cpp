#include "berth/study/defaults.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>
#include <utility>

namespace berth {
namespace {

constexpr Seconds kTimeLimit{10.0};
constexpr Seconds kQuickTimeLimit{0.5};

/// Methods that an ablation takes parts from: the heuristics. The exact method's parts move time
/// and bounds rather than cost; they are there for who asks.
constexpr std::array kHeuristics = {std::string_view("gh"), std::string_view("agh")};

std::vector<StudyProblem> sizes(std::string_view text) {
  Result<std::vector<StudyProblem>> parsed = parse_sizes(text);
  assert(parsed.ok());
  return *std::move(parsed);
}

/// The paper reports sizes up to 20 x 20 x 20; its own set-up has one size.
std::vector<StudyProblem> paper_sizes(bool quick) {
  std::vector<StudyProblem> problems = {paper_problem()};
  std::vector<StudyProblem> more = sizes(quick ? "10x10x10" : "10x10x10,15x15x15,20x20x20");
  problems.insert(problems.end(), std::make_move_iterator(more.begin()),
                  std::make_move_iterator(more.end()));
  return problems;
}

void choose_problems(StudyDefaults& result, StudyKind kind, StudyPreset preset, bool quick) {
  const bool paper = preset == StudyPreset::kPaper;
  if (kind == StudyKind::kScale) {
    result.problems = paper ? paper_sizes(quick)
                            : sizes(quick ? "4x4x4,6x6x10,10x10x10"
                                          : "6x6x10,10x10x10,20x20x20,50x20x20,100x20x20");
    return;
  }
  if (paper) {
    result.problems = {paper_problem(), paper_problem(kCriticalBudget)};
    result.seeds = quick ? 1 : 5;
    return;
  }
  if (quick && kind == StudyKind::kAblation) {
    // On smaller problems most parts can be left out without a loss.
    result.problems = sizes("10x10x10-boxes,20x20x20");
    return;
  }
  result.problems =
      sizes(quick ? "4x4x4,6x6x10,6x6x10-boxes" : "6x6x10,6x6x10-boxes,10x10x10,20x20x20");
  result.seeds = quick ? 2 : 3;
}

}  // namespace

StudyDefaults study_defaults(StudyKind kind, StudyPreset preset, bool quick) {
  StudyDefaults result;
  choose_problems(result, kind, preset, quick);
  result.time_limit = quick ? kQuickTimeLimit : kTimeLimit;
  if (kind != StudyKind::kAblation) {
    result.methods = default_methods();
    return result;
  }
  for (const std::string& family : ablation_families()) {
    if (std::find(kHeuristics.begin(), kHeuristics.end(), family) != kHeuristics.end()) {
      result.methods.push_back(family);
    }
  }
  return result;
}

}  // namespace berth
