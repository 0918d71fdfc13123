#pragma once
// The rows of a validation as CSV (RFC 4180): docs/validate.md lists the columns.

#include <string>

#include "berth/measure/compare.h"

namespace berth {

/// Empty fields for what is not known, doubles in the shortest form that reads back.
[[nodiscard]] std::string to_csv(const Validation& validation);

}  // namespace berth
