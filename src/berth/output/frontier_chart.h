#pragma once
// Cost against risk over two linear axes from zero, as SVG: a line for each method, a point for
// each headroom. Horizontal positions are percentages, so the chart fills any width without scaling
// its letters.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct FrontierPoint {
  double cost = 0.0;  ///< USD/h, >= 0
  double risk = 0.0;  ///< share 0..1
  std::string label;  ///< beside the point
  std::string tip;    ///< what the pointer shows
};

struct FrontierLine {
  std::string name;
  int hue = 0;  ///< svg.h
  std::vector<FrontierPoint> points;
};

[[nodiscard]] std::string frontier_chart(std::string_view id, std::string_view title,
                                         std::string_view description, std::string_view x_label,
                                         std::string_view y_label,
                                         const std::vector<FrontierLine>& lines);

/// Its height for that many lines.
[[nodiscard]] double frontier_chart_height(std::size_t lines);

}  // namespace berth
