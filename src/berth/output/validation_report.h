#pragma once
// A validation as one self-contained HTML page.

#include <string>

#include "berth/measure/compare.h"

namespace berth {

[[nodiscard]] std::string to_html_report(const Validation& validation, std::size_t worst = 50);

}  // namespace berth
