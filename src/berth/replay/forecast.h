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
  kTrend,     ///< the rate on the straight line through the last six, lengths of the window before
};
inline constexpr const char* kForecastNames[] = {"known", "last", "average", "seasonal", "trend"};
/// REQUIRES: one of the names.
[[nodiscard]] ForecastKind forecast_kind_of(std::string_view name);

/// What kTrend says of the window `ahead` windows after the last one before `window`: 1 is `window`
/// itself. The rate is at least half and at most twice the last one and their mean. REQUIRES:
/// window > 0.
[[nodiscard]] WindowDemand trend(const DemandWindows& windows, std::size_t window,
                                 std::size_t query_class, double ahead);

/// Uses windows before `window` only (but for kKnown, and for window 0, which every policy knows).
/// A day is 86,400 s; before a day has passed kSeasonal is kLast.
[[nodiscard]] WindowDemand forecast(const DemandWindows& windows, ForecastKind kind,
                                    std::size_t window, std::size_t query_class);

}  // namespace berth
