#pragma once
// berth.study/1 (docs/study.md).

#include <string>

#include "berth/study/study.h"

namespace berth {

/// The rows of the CSV under the same names, and how the study was made.
[[nodiscard]] std::string to_json(const Study& study);

}  // namespace berth
