#include "berth/core/open_metrics.h"

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

std::string label_text(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    out += c;
  }
  return out;
}

}  // namespace

void OpenMetrics::family(std::string_view name, std::string_view help, std::string_view type) {
  name_ = name;
  suffix_ = type == "counter" ? "_total" : "";
  text_ += fmt::format("# HELP {0} {1}\n# TYPE {0} {2}\n", name, help, type);
}

void OpenMetrics::sample(double value, const Labels& labels) {
  text_ += name_ + suffix_;
  std::string inside;
  for (const auto& [name, text] : labels) {
    inside += fmt::format("{}{}=\"{}\"", inside.empty() ? "" : ",", name, label_text(text));
  }
  if (!inside.empty()) text_ += "{" + inside + "}";
  text_ += " " + shortest(value) + "\n";
}

void OpenMetrics::value(std::string_view name, std::string_view help, double value) {
  family(name, help);
  sample(value);
}

std::string OpenMetrics::finish() && {
  text_ += "# EOF\n";
  return std::move(text_);
}

}  // namespace berth
