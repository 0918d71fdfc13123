#include "berth/workload/reading/fields.h"

#include <cmath>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {

bool parse_count(std::string_view text, std::string_view column, std::uint32_t& value,
                 FieldProblem& problem) {
  if (text.empty()) {
    problem = {ErrorCode::kMissing, fmt::format("{} is empty", column)};
    return false;
  }
  const auto number = parse_number(text);
  if (!number) {
    problem = {ErrorCode::kWrongType, fmt::format("{}: '{}' is not a number", column, text)};
    return false;
  }
  if (*number < 0) {
    problem = {ErrorCode::kOutOfRange, fmt::format("{}: {} is negative", column, text)};
    return false;
  }
  if (*number > kMaxTraceTokens) {
    problem = {ErrorCode::kOutOfRange, fmt::format("{}: {} is absurdly large", column, text)};
    return false;
  }
  if (*number != std::floor(*number)) {
    problem = {ErrorCode::kWrongType, fmt::format("{}: {} is not a whole number", column, text)};
    return false;
  }
  value = static_cast<std::uint32_t>(*number);
  return true;
}

}  // namespace berth
