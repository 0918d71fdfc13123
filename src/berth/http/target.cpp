#include "berth/http/target.h"

#include "berth/core/text.h"

namespace berth {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// "%41" as "A"; in a query also "+" as " ".
std::optional<std::string> decoded(std::string_view text, bool plus_is_space) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      result += ' ';
    } else if (text[i] == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = digit_of(text[i + 1]);
      const int low = digit_of(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      result += static_cast<char>(16 * high + low);
      i += 2;
    } else {
      result += text[i];
    }
  }
  if (result.find('\0') != std::string::npos || !is_valid_utf8(result)) return std::nullopt;
  return result;
}

}  // namespace

std::optional<RequestTarget> parse_target(std::string_view target) {
  const std::string_view whole = target.substr(0, target.find('#'));
  const std::size_t mark = whole.find('?');
  const std::string_view path = whole.substr(0, mark);
  if (path.empty() || path.front() != '/') return std::nullopt;
  RequestTarget result;
  if (path.size() > 1) {
    for (const std::string& part : split(path.substr(1), '/')) {
      const auto segment = decoded(part, false);
      if (!segment || *segment == "." || *segment == "..") return std::nullopt;
      result.segments.push_back(*segment);
    }
  }
  if (mark == std::string_view::npos) return result;
  for (const std::string& part : split(whole.substr(mark + 1), '&')) {
    if (part.empty()) continue;
    const std::size_t equal = part.find('=');
    const auto name = decoded(std::string_view(part).substr(0, equal), true);
    const auto value = equal == std::string::npos
                           ? std::optional<std::string>("")
                           : decoded(std::string_view(part).substr(equal + 1), true);
    if (!name || !value) return std::nullopt;
    result.query.emplace_back(*name, *value);
  }
  return result;
}

}  // namespace berth
