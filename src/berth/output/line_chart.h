#pragma once
// Series of points over two logarithmic axes, as SVG. Horizontal positions are percentages, so the
// chart fills any width without scaling its letters.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct LinePoint {
  double x = 0.0;   ///< > 0
  double y = 0.0;   ///< > 0
  std::string tip;  ///< what the pointer shows
  bool hollow = false;
};

struct LineSeries {
  std::string name;
  int hue = 0;  ///< svg.h; also chooses the shape of the points
  std::vector<LinePoint> points;
};

struct LineAxes {
  std::string x_label;
  std::string y_label;
  std::string (*x_tick)(double) = nullptr;  ///< the words at a power of ten
  std::string (*y_tick)(double) = nullptr;
};

/// Points are joined in their order. Points that no logarithm has are left out.
[[nodiscard]] std::string line_chart(std::string_view id, std::string_view title,
                                     std::string_view description, const LineAxes& axes,
                                     const std::vector<LineSeries>& series);

/// Its height for that many series.
[[nodiscard]] double line_chart_height(std::size_t series);

}  // namespace berth
