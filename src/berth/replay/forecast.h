#pragma once
// What is thought to come in the next window, from the windows before it. docs/replay.md.

#include <cstddef>
#include <string_view>

#include "berth/replay/demand_windows.h"

namespace berth {

enum class ForecastKind {
  kKnown,     ///< the window itself: what not knowing costs shows beside it
  kLast,      ///< as the window before
  kAverage,   ///< mean of the last six
  kSeasonal,  ///< as a day ago, scaled by how the last six compare with those of a day ago
};
inline constexpr const char* kForecastNames[] = {"known", "last", "average", "seasonal"};
/// REQUIRES: one of the names.
[[nodiscard]] ForecastKind forecast_kind_of(std::string_view name);

/// Uses windows before `window` only (but for kKnown, and for window 0, which every policy knows).
/// A day is 86,400 s; before a day has passed kSeasonal is kLast.
[[nodiscard]] WindowDemand forecast(const DemandWindows& windows, ForecastKind kind,
                                    std::size_t window, std::size_t query_class);

}  // namespace berth
