#pragma once
// What a study does unless asked otherwise.

#include <string>
#include <vector>

#include "berth/core/units.h"
#include "berth/study/study.h"

namespace berth {

enum class StudyPreset : std::uint8_t {
  kOurs,   ///< generated fleets
  kPaper,  ///< the set-up of Cheng and Nguyen (FORMULATION section 6)
};

struct StudyDefaults {
  std::vector<StudyProblem> problems;  ///< one a set, seed 1
  int seeds = 1;
  Seconds time_limit;                ///< of a run
  std::vector<std::string> methods;  ///< of the registry; for an ablation, families
};

/// `quick`: small enough to end in a few seconds.
[[nodiscard]] StudyDefaults study_defaults(StudyKind kind, StudyPreset preset, bool quick);

}  // namespace berth
