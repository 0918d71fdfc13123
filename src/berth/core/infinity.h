#pragma once

#include <limits>

namespace berth {

/// "No limit", "never": of whatever unit it stands in.
inline constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace berth
