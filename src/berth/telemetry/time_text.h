#pragma once
// Times since 1970 as people read them.

#include <string>

namespace berth {

/// "2026-11-29T18:05:00Z"; seconds are rounded. REQUIRES: finite.
[[nodiscard]] std::string iso_time(double seconds_since_1970);

/// "45 s", "12 min", "3.5 h", "14 d".
[[nodiscard]] std::string time_span_text(double seconds);

}  // namespace berth
