#pragma once
// Metrics as text that Prometheus reads (OpenMetrics 1.0).

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth {

class OpenMetrics {
 public:
  static constexpr std::string_view kContentType =
      "application/openmetrics-text; version=1.0.0; charset=utf-8";
  using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

  /// The samples that follow are of this family; those of a "counter" get "_total".
  void family(std::string_view name, std::string_view help, std::string_view type = "gauge");
  void sample(double value, const Labels& labels = {});
  /// A family of one sample.
  void value(std::string_view name, std::string_view help, double value);
  /// The text so far and its end.
  [[nodiscard]] std::string finish() &&;

 private:
  std::string text_;
  std::string name_;
  std::string suffix_;
};

}  // namespace berth
