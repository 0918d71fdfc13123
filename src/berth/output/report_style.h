#pragma once
// The style sheet of the HTML report.

#include <string_view>

namespace berth {

[[nodiscard]] std::string_view report_style();

}  // namespace berth
