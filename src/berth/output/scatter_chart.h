#pragma once
// Predicted against measured over two equal logarithmic axes, with the band within a factor of two,
// as SVG. Horizontal positions are percentages, so the chart fills any width without scaling its
// letters.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth {

struct ScatterSeries {
  std::string name;
  int hue = 0;                                    ///< svg.h
  std::vector<std::pair<double, double>> points;  ///< (x, y), both > 0; others are left out
};

struct ScatterAxes {
  std::string x_label;
  std::string y_label;
  std::string (*tick)(double) = nullptr;  ///< the words at a power of ten
};

/// Points of a series that would cover each other are drawn once.
[[nodiscard]] std::string scatter_chart(std::string_view id, std::string_view title,
                                        std::string_view description, const ScatterAxes& axes,
                                        const std::vector<ScatterSeries>& series);

/// Its height for that many series.
[[nodiscard]] double scatter_chart_height(std::size_t series);

}  // namespace berth
