#pragma once
// The charts of a validation, for its page and as files of their own.

#include <string>
#include <vector>

#include "berth/measure/compare.h"

namespace berth {

struct ValidationChart {
  std::string name;     ///< "validation-times": of the file and in the page
  std::string heading;  ///< text
  std::string note;     ///< text
  std::string svg;
  double height = 0.0;
};

/// Only charts that have something to show.
[[nodiscard]] std::vector<ValidationChart> validation_charts(const Validation& validation);

}  // namespace berth
