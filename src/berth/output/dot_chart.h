#pragma once
// One row of dots a group, on a shared logarithmic axis of shares, as SVG: how far each run is from
// the best. Horizontal positions are percentages, so the chart fills any width without scaling its
// letters.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct Dot {
  double share = 0.0;  ///< >= 0; 0.01 is 1 %
  std::string tip;     ///< what the pointer shows
};

struct DotRow {
  std::string label;
  std::string detail;  ///< behind the label, quieter
  std::string value_text;
  int hue = 0;  ///< svg.h
  std::vector<Dot> dots;
  std::optional<double> median;  ///< a mark
};

/// All that is at most this stands at the left end.
inline constexpr double kLeastShownShare = 1e-4;

[[nodiscard]] std::string dot_chart(std::string_view id, std::string_view title,
                                    std::string_view description, std::string_view axis_label,
                                    const std::vector<DotRow>& rows);

/// Its height for that many rows.
[[nodiscard]] double dot_chart_height(std::size_t rows);

}  // namespace berth
