#pragma once
// A study as one self-contained HTML page.

#include <string>

#include "berth/study/study.h"

namespace berth {

[[nodiscard]] std::string to_html_report(const Study& study);

}  // namespace berth
