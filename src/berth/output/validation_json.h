#pragma once
// `berth validate --output json`.

#include <string>

#include "berth/measure/compare.h"

namespace berth {

/// berth.validation/1 (docs/formats.md).
[[nodiscard]] std::string to_json(const Validation& validation);

}  // namespace berth
