#pragma once
// Durations take ms|s|m|h (also us), sizes kB|MB|GB|TB|KiB|MiB|GiB|TiB|B, rates /s|/m|/h.
// A bare number is in the base unit (s, bytes, requests/s). docs/formats.md, "Units".

#include <string_view>

#include "berth/core/result.h"
#include "berth/core/units.h"

namespace berth {

/// Errors: kWrongUnit (unknown unit, or of another dimension; says which are accepted),
/// kWrongType (no number), kOutOfRange (NaN, infinite). Negative values are left to the caller.
/// The returned error's `where` is empty: the caller knows it.
[[nodiscard]] Result<Seconds> parse_duration(std::string_view text);
[[nodiscard]] Result<double> parse_size(std::string_view text);  ///< bytes
[[nodiscard]] Result<double> parse_rate(std::string_view text);  ///< per second

}  // namespace berth
