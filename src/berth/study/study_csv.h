#pragma once
// The rows of a study as CSV (RFC 4180), one a run: docs/study.md lists the columns. Rows of shards
// can be put one below the other.

#include <string>

#include "berth/study/study.h"

namespace berth {

/// Empty fields for what is not known. Money exact, doubles in the shortest form that reads back.
[[nodiscard]] std::string to_csv(const Study& study);

}  // namespace berth
