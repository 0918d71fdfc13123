#pragma once
// Horizontal bars with their labels above, as SVG. Horizontal positions are percentages, so the
// chart fills any width without scaling its letters.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct Bar {
  std::string label;
  std::string detail;      ///< behind the label, quieter
  std::string value_text;  ///< at the right end
  double value = 0.0;      ///< >= 0; the longest bar is the largest value
  int hue = 0;             ///< svg.h
};

[[nodiscard]] std::string bar_chart(std::string_view id, std::string_view title,
                                    std::string_view description, const std::vector<Bar>& bars);

/// Its height for that many bars.
[[nodiscard]] double bar_chart_height(std::size_t bars);

}  // namespace berth
