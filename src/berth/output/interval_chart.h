#pragma once
// Estimates with their intervals beside what was predicted and the limit, one row each, as SVG.
// Horizontal positions are percentages, so the chart fills any width without scaling its letters.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct IntervalRow {
  std::string label;       ///< "TTFT"
  std::string value_text;  ///< at the right end
  std::string note;        ///< below, quieter
  double value = 0.0;
  double half = 0.0;                ///< of its interval; infinite: there is none
  std::optional<double> predicted;  ///< a hollow mark
  std::optional<double> limit;      ///< a line
  double from = 0.0;                ///< ends of the row's axis; what is beyond stands at its end
  double to = 1.0;
  std::string css = "hue-0";  ///< class of the value: "good", "close", "bad", a hue
};

/// A bar from the left end where the axis begins at 0, a point alone elsewhere.
[[nodiscard]] std::string interval_chart(std::string_view id, std::string_view title,
                                         std::string_view description,
                                         const std::vector<IntervalRow>& rows);

/// The keys of the marks, as HTML above such charts.
[[nodiscard]] std::string interval_legend(bool with_prediction);

}  // namespace berth
