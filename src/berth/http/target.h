#pragma once
// The target of a request: what it asks for and how. RFC 3986.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "berth/core/result.h"

namespace berth {

struct RequestTarget {
  std::string authority;              ///< "host:port" of "http://host:port/path", else empty
  std::vector<std::string> segments;  ///< of the path, decoded; none for "/"
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order
};

/// Of "/path?query", also behind "http://host" (RFC 9112 3.2.2). Errors: kSyntax where it is no
/// path, or has a segment "." or ".."; a broken escape, a byte of 0, not UTF-8.
[[nodiscard]] Result<RequestTarget> parse_target(std::string_view target);

}  // namespace berth
