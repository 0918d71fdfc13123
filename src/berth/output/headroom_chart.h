#pragma once
// What a plan predicts against what was promised: one bar a metric, the limit as a line.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct HeadroomBar {
  std::string label;       ///< "TTFT"
  std::string value_text;  ///< "412 ms of 1 s"
  double ratio = 0.0;      ///< predicted / limit; 1 = the limit
  bool limited = true;     ///< false: there is no limit, only the text is shown
  bool kept = true;
};

[[nodiscard]] std::string headroom_chart(std::string_view id, std::string_view title,
                                         std::string_view description,
                                         const std::vector<HeadroomBar>& bars);

}  // namespace berth
