#pragma once
// Expected failures are values. A reader reports all errors of an input at once.

#include <string>
#include <string_view>
#include <vector>

namespace berth {

enum class ErrorCode {
  kUsage,         ///< wrong command line
  kNotFound,      ///< file or directory does not exist
  kUnreadable,    ///< exists, but cannot be read (permission, directory, truncated archive)
  kUnwritable,    ///< output cannot be written
  kSyntax,        ///< not valid YAML / JSON / CSV / UTF-8
  kMissing,       ///< a required key or column is absent, or the input is empty
  kUnknownKey,    ///< a key nobody reads
  kUnknownName,   ///< a reference to a model, GPU, pool, ... that does not exist
  kWrongType,     ///< a string where a number is expected, ...
  kWrongUnit,     ///< unit missing, unknown, or of another dimension
  kOutOfRange,    ///< negative, NaN, infinite, too large
  kDuplicate,     ///< the same name twice
  kInconsistent,  ///< values that contradict each other
  kUnsupported,   ///< understood, but not offered
  kInfeasible,    ///< no plan exists within the limits
  kLimitReached,  ///< a time or iteration limit ended the work before any plan was found
  kInternal,      ///< a bug in Berth
};

/// Stable snake_case name used in JSON ("unknown_key").
[[nodiscard]] std::string_view to_string(ErrorCode code);

/// Process exit status of docs/formats.md: 1 input, 3 infeasible, 4 limit, 70 internal.
[[nodiscard]] int exit_status(ErrorCode code);

struct Error {
  ErrorCode code = ErrorCode::kInternal;
  std::string message;  ///< what is wrong and what was expected
  std::string
      where;  ///< "fleet.yaml:12: /classes/2/slo/ttft", "trace.csv:31", "--tp"; may be empty
  std::string suggestion;  ///< "did you mean 'h100-sxm'?"; may be empty

  friend bool operator==(const Error&, const Error&) = default;
};

using Errors = std::vector<Error>;

/// "where: message; suggestion" on one line.
[[nodiscard]] std::string to_string(const Error& error);

/// Exit status of the gravest error (internal > input > infeasible > limit). REQUIRES: not empty.
[[nodiscard]] int exit_status(const Errors& errors);

}  // namespace berth
