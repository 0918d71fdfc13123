#include "berth/study/statistics.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace berth {

std::optional<double> median(std::vector<double> sample) {
  if (sample.empty()) return std::nullopt;
  std::sort(sample.begin(), sample.end());
  const std::size_t middle = sample.size() / 2;
  if (sample.size() % 2 == 1) return sample[middle];
  return 0.5 * (sample[middle - 1] + sample[middle]);
}

std::optional<double> mean(std::span<const double> sample) {
  if (sample.empty()) return std::nullopt;
  return std::accumulate(sample.begin(), sample.end(), 0.0) / static_cast<double>(sample.size());
}

std::optional<double> largest(std::span<const double> sample) {
  if (sample.empty()) return std::nullopt;
  return *std::max_element(sample.begin(), sample.end());
}

std::optional<double> growth_exponent(std::span<const std::pair<double, double>> points) {
  double x_sum = 0.0;
  double y_sum = 0.0;
  for (const auto& [x, y] : points) {
    x_sum += std::log(x);
    y_sum += std::log(y);
  }
  const auto count = static_cast<double>(points.size());
  double square = 0.0;
  double product = 0.0;
  for (const auto& [x, y] : points) {
    const double dx = std::log(x) - x_sum / count;
    square += dx * dx;
    product += dx * (std::log(y) - y_sum / count);
  }
  if (!(square > 1e-9)) return std::nullopt;
  return product / square;
}

}  // namespace berth
