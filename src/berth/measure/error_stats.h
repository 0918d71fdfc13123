#pragma once
// How far predictions are off, over a group of rows.

#include <cstddef>
#include <span>
#include <vector>

namespace berth {

/// predicted/measured - 1, over `count` rows. All 0 for none.
struct ErrorStats {
  std::size_t count = 0;
  double median = 0.0;     ///< of the absolute error
  double ninetieth = 0.0;  ///< percentile of the absolute error
  double bias = 0.0;       ///< median of the signed error; below 0 = predicted too fast or too low
};

[[nodiscard]] ErrorStats error_stats(std::vector<double> errors);

/// Between the two nearest of the sorted values, linearly. REQUIRES: not empty, 0 <= share <= 1.
[[nodiscard]] double quantile_of_sorted(std::span<const double> sorted, double share);

}  // namespace berth
