#pragma once
// Values over time as strips under each other with one axis of time, as SVG. The strips stretch to
// any width, their letters do not.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct TimelineStrip {
  std::string label;
  std::string value_text;      ///< at the right end
  int hue = 0;                 ///< svg.h
  std::vector<double> values;  ///< >= 0, means over stretches of equal length
  double most = 1.0;           ///< > 0, the top of the strip
};

/// `stretch_s` is the length of a value's stretch, `span_s` that of the whole axis; all strips have
/// as many values.
[[nodiscard]] std::string timeline_chart(std::string_view id, std::string_view title,
                                         std::string_view description, double stretch_s,
                                         double span_s, const std::vector<TimelineStrip>& strips);

}  // namespace berth
