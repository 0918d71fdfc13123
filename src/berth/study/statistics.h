#pragma once
// Small statistics of small samples.

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace berth {

/// All nullopt for an empty sample.
[[nodiscard]] std::optional<double> median(std::vector<double> sample);
[[nodiscard]] std::optional<double> mean(std::span<const double> sample);
[[nodiscard]] std::optional<double> largest(std::span<const double> sample);

/// b of y ~ x^b by least squares of the logarithms. nullopt without two different x. REQUIRES: all
/// x and y > 0.
[[nodiscard]] std::optional<double> growth_exponent(
    std::span<const std::pair<double, double>> points);

}  // namespace berth
