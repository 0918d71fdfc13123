#include "berth/workload/fitting/arrival_variability.h"

#include <algorithm>
#include <cmath>

namespace berth {

void ArrivalVariability::add(double time_s) {
  ++arrivals_;
  const auto index = static_cast<std::int64_t>(std::max(time_s, 0.0) / kBaseWindow);
  if (index > levels_.front().index) close(index);
  levels_.front().count += 1.0;
}

void ArrivalVariability::close(std::int64_t next_index) {
  for (std::size_t i = 0; i < kLevels; ++i, next_index /= 2) {
    Level& level = levels_[i];
    if (next_index == level.index) return;
    if (level.index > 0) {
      const double difference = level.count - level.previous;
      level.squares += difference * difference;
    }
    const bool gap = next_index > level.index + 1;
    if (gap) level.squares += level.count * level.count;  // the empty window behind this one
    level.previous = gap ? 0.0 : level.count;
    level.closed += level.count;
    if (i + 1 < kLevels) levels_[i + 1].count += level.count;
    level.count = 0.0;
    level.index = next_index;
  }
}

std::optional<double> ArrivalVariability::value() const {
  if (arrivals_ < kMinArrivals) return std::nullopt;
  const auto mean = [](const Level& level) {
    return level.closed / static_cast<double>(level.index);
  };
  std::optional<std::size_t> chosen;
  double window = kBaseWindow;
  for (std::size_t i = 0; i < kLevels; ++i, window *= 2) {
    if (levels_[i].index <= kWindows) break;
    chosen = i;
    if (window >= kWindow && mean(levels_[i]) >= kMeanCount) break;
  }
  if (!chosen) return std::nullopt;
  const Level& level = levels_[*chosen];
  const double transitions = static_cast<double>(level.index - 1);
  if (level.closed <= 0) return std::nullopt;
  return level.squares / (2.0 * transitions * mean(level));
}

}  // namespace berth
