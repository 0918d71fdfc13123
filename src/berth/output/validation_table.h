#pragma once
// Predicted against measured, as text for a terminal.

#include <cstddef>
#include <string>

#include "berth/measure/compare.h"
#include "berth/output/table.h"

namespace berth {

/// `worst`: how many of the rows that are furthest off are listed.
[[nodiscard]] std::string to_table(const Validation& validation, const TableStyle& style = {},
                                   std::size_t worst = 10);

}  // namespace berth
