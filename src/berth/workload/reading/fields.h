#pragma once
// Single values of a row, read strictly and with a reason when they are wrong.

#include <cstdint>
#include <string>
#include <string_view>

#include "berth/core/error.h"

namespace berth {

/// More tokens than any context holds by two orders of magnitude: a slip of columns.
inline constexpr double kMaxTraceTokens = 1e8;

struct FieldProblem {
  ErrorCode code = ErrorCode::kWrongType;
  std::string message;
};

/// A whole number of tokens (or images), 0 <= n <= 1e8; "12.0" is accepted as well. On failure
/// returns false and says why.
bool parse_count(std::string_view text, std::string_view column, std::uint32_t& value,
                 FieldProblem& problem);

}  // namespace berth
