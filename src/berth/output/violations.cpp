#include "berth/output/violations.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace berth {

std::string violations_to_table(const std::string& subject,
                                const std::vector<Violation>& violations) {
  if (violations.empty())
    return fmt::format("{}: valid, every limit and every number holds\n", subject);
  std::string text = fmt::format("{}: {} violation{}\n", subject, violations.size(),
                                 violations.size() == 1 ? "" : "s");
  for (const Violation& violation : violations) {
    text += fmt::format("  {:<14}  {}: {}\n", to_string(violation.rule), violation.where,
                        violation.message);
  }
  return text;
}

std::string violations_to_json(const std::vector<Violation>& violations) {
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  for (const Violation& violation : violations) {
    rows.push_back({{"rule", to_string(violation.rule)},
                    {"where", violation.where},
                    {"message", violation.message}});
  }
  const nlohmann::ordered_json document = {
      {"format", "berth.check/1"}, {"valid", violations.empty()}, {"violations", std::move(rows)}};
  return document.dump(2) + "\n";
}

}  // namespace berth
