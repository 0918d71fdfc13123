#pragma once
// The style sheet of the HTML pages, and the part of it that a chart alone needs.

#include <string>

namespace berth {

[[nodiscard]] std::string report_style();
[[nodiscard]] std::string chart_style();

}  // namespace berth
