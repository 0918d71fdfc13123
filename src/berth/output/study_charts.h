#pragma once
// The charts of a study, for its page and as files of their own.

#include <string>
#include <vector>

#include "berth/study/study.h"

namespace berth {

struct StudyChart {
  std::string name;     ///< "scale-time": of the file and in the page
  std::string heading;  ///< text
  std::string note;     ///< text
  std::string svg;
  double height = 0.0;
};

/// Only charts that have something to show.
[[nodiscard]] std::vector<StudyChart> study_charts(const Study& study);

}  // namespace berth
