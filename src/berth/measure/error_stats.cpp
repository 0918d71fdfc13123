#include "berth/measure/error_stats.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace berth {

double quantile_of_sorted(std::span<const double> sorted, double share) {
  assert(!sorted.empty() && share >= 0.0 && share <= 1.0);
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (place - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

ErrorStats error_stats(std::vector<double> errors) {
  ErrorStats stats;
  stats.count = errors.size();
  if (errors.empty()) return stats;
  std::sort(errors.begin(), errors.end());
  stats.bias = quantile_of_sorted(errors, 0.5);
  for (double& error : errors) error = std::abs(error);
  std::sort(errors.begin(), errors.end());
  stats.median = quantile_of_sorted(errors, 0.5);
  stats.ninetieth = quantile_of_sorted(errors, 0.9);
  return stats;
}

}  // namespace berth
