#pragma once
// Words and numbers of a validation, the same in the table and the page.

#include <string>

#include "berth/measure/compare.h"

namespace berth {

/// "prefill", "decode step", "TTFT", "TPOT", "E2E", "E2E of a batch", "tokens/s/GPU", "requests/s".
[[nodiscard]] std::string metric_words(Metric metric);

/// A value in its metric's unit: "12.3 ms", "1,234 tokens/s/GPU".
[[nodiscard]] std::string measured_text(Metric metric, double value);

[[nodiscard]] std::string signed_percent(double share);  ///< "+12 %", "-3.1 %"

/// "13,396 rows, 12,034 compared with a prediction".
[[nodiscard]] std::string validation_title(const Validation& validation);

}  // namespace berth
