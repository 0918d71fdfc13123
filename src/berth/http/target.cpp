#include "berth/http/target.h"

#include <algorithm>
#include <optional>

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

Error no_path(const std::string& message, const std::string& suggestion) {
  return {ErrorCode::kSyntax, message, "", suggestion};
}

Error no_text() {
  return no_path("the path or the query is not UTF-8 in %XX",
                 "'%' begins a byte, '%25' is the sign itself");
}

/// "http://host/a" as "/a", the host taken: what a proxy may send.
std::string_view without_authority(std::string_view target, std::string& authority) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (to_lower(target.substr(0, scheme.size())) != scheme) continue;
    target.remove_prefix(scheme.size());
    const std::size_t end = std::min(target.find_first_of("/?"), target.size());
    authority = std::string(target.substr(0, end));
    return target.substr(end);
  }
  return target;
}

Status read_path(std::string_view path, std::vector<std::string>& segments) {
  if (path.empty() || path.front() != '/') {
    return no_path("this is no path of a server", "a path begins with '/'");
  }
  if (path.size() == 1) return Ok{};
  for (const std::string& part : split(path.substr(1), '/')) {
    const auto segment = decoded(part, false);
    if (!segment) return no_text();
    if (*segment == "." || *segment == "..") {
      return no_path("a path of this server has no '.' and no '..'", "name what is asked for");
    }
    segments.push_back(*segment);
  }
  return Ok{};
}

Status read_query(std::string_view text, std::vector<std::pair<std::string, std::string>>& query) {
  for (const std::string& part : split(text, '&')) {
    if (part.empty()) continue;
    const std::size_t equal = part.find('=');
    const auto name = decoded(std::string_view(part).substr(0, equal), true);
    const auto value = equal == std::string::npos
                           ? std::optional<std::string>("")
                           : decoded(std::string_view(part).substr(equal + 1), true);
    if (!name || !value) return no_text();
    query.emplace_back(*name, *value);
  }
  return Ok{};
}

}  // namespace

Result<RequestTarget> parse_target(std::string_view target) {
  RequestTarget result;
  const std::string_view whole =
      without_authority(target.substr(0, target.find('#')), result.authority);
  const std::size_t mark = whole.find('?');
  std::string_view path = whole.substr(0, mark);
  if (path.empty() && !result.authority.empty()) path = "/";
  if (Status read = read_path(path, result.segments); !read) return read.errors();
  if (mark == std::string_view::npos) return result;
  if (Status query = read_query(whole.substr(mark + 1), result.query); !query) {
    return query.errors();
  }
  return result;
}

}  // namespace berth
