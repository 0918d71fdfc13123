#include "berth/core/error.h"

#include <algorithm>
#include <array>
#include <cassert>

namespace berth {
namespace {

struct CodeRow {
  ErrorCode code;
  std::string_view name;
  int exit_status;
};

constexpr int kInputError = 1;
constexpr int kInfeasibleStatus = 3;
constexpr int kLimitStatus = 4;
constexpr int kInternalStatus = 70;

// The one table from error codes to exit codes (docs/formats.md, "Exit codes").
constexpr std::array kCodes = {
    CodeRow{ErrorCode::kUsage, "usage", kInputError},
    CodeRow{ErrorCode::kNotFound, "not_found", kInputError},
    CodeRow{ErrorCode::kUnreadable, "unreadable", kInputError},
    CodeRow{ErrorCode::kUnwritable, "unwritable", kInputError},
    CodeRow{ErrorCode::kSyntax, "syntax", kInputError},
    CodeRow{ErrorCode::kMissing, "missing", kInputError},
    CodeRow{ErrorCode::kUnknownKey, "unknown_key", kInputError},
    CodeRow{ErrorCode::kUnknownName, "unknown_name", kInputError},
    CodeRow{ErrorCode::kWrongType, "wrong_type", kInputError},
    CodeRow{ErrorCode::kWrongUnit, "wrong_unit", kInputError},
    CodeRow{ErrorCode::kOutOfRange, "out_of_range", kInputError},
    CodeRow{ErrorCode::kDuplicate, "duplicate", kInputError},
    CodeRow{ErrorCode::kInconsistent, "inconsistent", kInputError},
    CodeRow{ErrorCode::kUnsupported, "unsupported", kInputError},
    CodeRow{ErrorCode::kInfeasible, "infeasible", kInfeasibleStatus},
    CodeRow{ErrorCode::kLimitReached, "limit_reached", kLimitStatus},
    CodeRow{ErrorCode::kInternal, "internal", kInternalStatus},
};

const CodeRow& row_of(ErrorCode code) {
  const auto* row = std::find_if(kCodes.begin(), kCodes.end(),
                                 [code](const CodeRow& r) { return r.code == code; });
  assert(row != kCodes.end());
  return *row;
}

int gravity(int status) {
  switch (status) {
    case kInternalStatus: return 3;
    case kInputError: return 2;
    case kInfeasibleStatus: return 1;
    default: return 0;
  }
}

}  // namespace

std::string_view to_string(ErrorCode code) { return row_of(code).name; }

int exit_status(ErrorCode code) { return row_of(code).exit_status; }

std::string to_string(const Error& error) {
  std::string line;
  if (!error.where.empty()) line += error.where + ": ";
  line += error.message;
  if (!error.suggestion.empty()) line += "; " + error.suggestion;
  return line;
}

int exit_status(const Errors& errors) {
  assert(!errors.empty());
  int status = exit_status(errors.front().code);
  for (const Error& error : errors) {
    const int other = exit_status(error.code);
    if (gravity(other) > gravity(status)) status = other;
  }
  return status;
}

}  // namespace berth
