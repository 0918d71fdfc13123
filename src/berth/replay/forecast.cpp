#include "berth/replay/forecast.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>

namespace berth {
namespace {

constexpr std::size_t kRecent = 6;  // windows
constexpr double kDay = 86'400.0;   // s
// A day unlike the one before is scaled by no more than this.
constexpr double kMostScale = 2.0;

/// Mean rate of the `kRecent` windows before `window`.
double recent_rate(const DemandWindows& windows, std::size_t window, std::size_t i) {
  const std::size_t first = window - std::min(window, kRecent);
  double sum = 0.0;
  for (std::size_t w = first; w < window; ++w) sum += windows.at(w, i).rate;
  return sum / static_cast<double>(std::max<std::size_t>(1, window - first));
}

WindowDemand averaged(const DemandWindows& windows, std::size_t window, std::size_t i) {
  WindowDemand result = windows.at(window - 1, i);
  result.rate = recent_rate(windows, window, i);
  return result;
}

WindowDemand seasonal(const DemandWindows& windows, std::size_t window, std::size_t i) {
  const auto day = static_cast<std::size_t>(std::max(1.0, std::round(kDay / windows.window_s())));
  if (window < day + 1) return windows.at(window - 1, i);
  WindowDemand result = windows.at(window - day, i);
  const double then = recent_rate(windows, window - day, i);
  const double now = recent_rate(windows, window, i);
  if (then > 0.0) result.rate *= std::clamp(now / then, 1.0 / kMostScale, kMostScale);
  return result;
}

}  // namespace

WindowDemand trend(const DemandWindows& windows, std::size_t window, std::size_t query_class,
                   double ahead) {
  WindowDemand result = windows.at(window - 1, query_class);
  const std::size_t count = std::min(window, kRecent);
  if (count < 2) return result;
  // Least squares; positions are counted from the middle of the windows.
  const double middle = 0.5 * static_cast<double>(count - 1);
  double slope = 0.0;
  double squares = 0.0;
  for (std::size_t k = 0; k < count; ++k) {
    const double at = static_cast<double>(k) - middle;
    slope += at * windows.at(window - count + k, query_class).rate;
    squares += at * at;
  }
  slope /= squares;
  const double mean = recent_rate(windows, window, query_class);
  const double least = std::min(result.rate, mean) / kMostScale;
  const double most = std::max(result.rate, mean) * kMostScale;
  result.rate = std::clamp(mean + slope * (middle + ahead), least, most);
  return result;
}

ForecastKind forecast_kind_of(std::string_view name) {
  const auto at = std::find(std::begin(kForecastNames), std::end(kForecastNames), name);
  assert(at != std::end(kForecastNames));
  return static_cast<ForecastKind>(at - std::begin(kForecastNames));
}

WindowDemand forecast(const DemandWindows& windows, ForecastKind kind, std::size_t window,
                      std::size_t query_class) {
  if (window == 0) return windows.at(0, query_class);
  switch (kind) {
    case ForecastKind::kKnown: return windows.at(window, query_class);
    case ForecastKind::kLast: return windows.at(window - 1, query_class);
    case ForecastKind::kAverage: return averaged(windows, window, query_class);
    case ForecastKind::kSeasonal: return seasonal(windows, window, query_class);
    case ForecastKind::kTrend: return trend(windows, window, query_class, 1.0);
  }
  return windows.at(window, query_class);
}

}  // namespace berth
