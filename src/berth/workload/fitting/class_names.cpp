#include "berth/workload/fitting/class_names.h"

#include <fmt/format.h>

namespace berth {
namespace {

double limit_of(std::size_t bin_end) {
  return bin_end == LengthScale::kBins ? 0.0 : LengthScale::first_of(bin_end);
}

std::string range_text(char letter, double min, double max) {
  if (min <= 0 && max <= 0) return {};
  if (max <= 0) return fmt::format("/{}{:.0f}+", letter, min);
  return fmt::format("/{}{:.0f}-{:.0f}", letter, min, max);
}

}  // namespace

ClassRule rule_of(std::string_view source, const LengthRectangle& rectangle) {
  ClassRule rule;
  rule.source = std::string(source);
  rule.prompt_min = LengthScale::first_of(rectangle.prompt_first);
  rule.prompt_max = limit_of(rectangle.prompt_end);
  rule.output_min = LengthScale::first_of(rectangle.output_first);
  rule.output_max = limit_of(rectangle.output_end);
  return rule;
}

std::string name_of(const ClassRule& rule) {
  return rule.source.value_or("all") + range_text('p', rule.prompt_min, rule.prompt_max) +
         range_text('o', rule.output_min, rule.output_max);
}

}  // namespace berth
