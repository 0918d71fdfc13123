#pragma once
// The target of a request: what it asks for and how. RFC 3986.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth {

struct RequestTarget {
  std::vector<std::string> segments;                       ///< of the path, decoded; none for "/"
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
};

/// Absent where it is no path of this server: not from "/", a broken escape, a byte of 0, not
/// UTF-8, a segment "." or "..".
[[nodiscard]] std::optional<RequestTarget> parse_target(std::string_view target);

}  // namespace berth
