#include "berth/output/validation_words.h"

#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"

namespace berth {

std::string metric_words(Metric metric) {
  switch (metric) {
    case Metric::kPrefill: return "prefill";
    case Metric::kDecodeStep: return "decode step";
    case Metric::kTtft: return "TTFT";
    case Metric::kTpot: return "TPOT";
    case Metric::kE2e: return "E2E";
    case Metric::kBatchE2e: return "E2E of a batch";
    case Metric::kTokenRate: return "tokens/s/GPU";
    case Metric::kRequestRate: return "requests/s";
  }
  return "";
}

std::string measured_text(Metric metric, double value) {
  if (unit_of(metric) == "s") {
    return value < 0.1 ? fmt::format("{:.3g} ms", value * 1e3) : format_seconds(value);
  }
  const std::string number =
      value >= 999.5 ? format_count(std::llround(value)) : fmt::format("{:.3g}", value);
  return number + (metric == Metric::kTokenRate ? " tok/s" : "/s");
}

std::string signed_percent(double share) {
  const std::string text = format_percent(share);
  return share > 0.0 ? "+" + text : text;
}

std::string validation_title(const Validation& validation) {
  const auto count = [](std::size_t n) { return static_cast<long long>(n); };
  return fmt::format("{}, {} compared with a prediction",
                     format_count(count(validation.measured), "row", "rows"),
                     format_count(count(validation.compared)));
}

}  // namespace berth
