#pragma once
// What a request may say: one table for reading it, for its errors and for the OpenAPI document.

#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "berth/core/result.h"
#include "berth/document/reader.h"

namespace berth {

enum class ParameterType {
  kInteger,
  kNumber,
  kText,
  kChoice,    ///< one of `choices`
  kFlag,      ///< "?async", "?async=true"
  kDuration,  ///< "3s", or a number of seconds
  kShare,     ///< "1%", or 0.01
  kRange,     ///< [low, high]; in bodies alone, as what follows
  kNumbers,   ///< a list
  kWords,     ///< a list of `choices`
};

struct RouteParameter {
  std::string_view name;
  ParameterType type = ParameterType::kText;
  std::string_view about;
  double min = 0.0;  ///< of each number; of a text the length
  double max = 1e9;
  bool above = false;  ///< `min` itself is out
  std::vector<std::string_view> choices = {};
  std::string_view fallback = {};  ///< as JSON; empty = none: the parameter may be absent
};

using ParameterValue = std::variant<bool, long long, double, std::string, std::vector<double>,
                                    std::vector<std::string>>;

/// Of a path or a query. Errors: kWrongType, kOutOfRange, kUnknownName, at the parameter's name.
[[nodiscard]] Result<ParameterValue> parse_parameter(const RouteParameter& parameter,
                                                     const std::string& text);
/// Of a body; records what is wrong there.
[[nodiscard]] std::optional<ParameterValue> read_parameter(const RouteParameter& parameter,
                                                           const ValueReader& value);

}  // namespace berth
