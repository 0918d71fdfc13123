#pragma once
// P50, P90, P95 and P99 of times on one shared logarithmic axis, a row each, as SVG. Horizontal
// positions are percentages, so the chart fills any width without scaling its letters.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct QuantileRow {
  std::string label;
  std::string value_text;  ///< at the right end
  std::string css = "hue-0";
  double p50 = 0.0;  ///< seconds, > 0
  double p90 = 0.0;
  double p95 = 0.0;
  double p99 = 0.0;
  std::optional<double> limit;  ///< a line
};

[[nodiscard]] std::string quantile_chart(std::string_view id, std::string_view title,
                                         std::string_view description,
                                         const std::vector<QuantileRow>& rows);

/// The keys of the marks, as HTML above such charts.
[[nodiscard]] std::string quantile_legend();

}  // namespace berth
