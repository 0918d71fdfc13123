#pragma once
// One JSON object on one line, scanned in place without building a tree.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// A position in a line of JSON that ends with '\n' (which JSON text on one line cannot hold, so
/// that no scan runs past it). Each function returns false where the text is not JSON; `at` then
/// points at the offending byte.
struct JsonCursor {
  const char* at;

  void skip_blanks() {
    while (*at == ' ' || *at == '\t' || *at == '\r') ++at;
  }
  /// Skips blanks and then this character.
  bool take(char c) {
    skip_blanks();
    if (*at != c) return false;
    ++at;
    return true;
  }
  /// A string; `text` is what stands between the quotes, escapes as written.
  bool string(std::string_view& text);
  /// A number, true, false or null, as written.
  bool scalar(std::string_view& text);
  /// Any value.
  bool skip_value(int depth = 0);
};

/// Keys of the object in `line`, those of objects inside as "outer.inner"; at most `limit`.
/// False if the line is not one JSON object.
bool json_keys(std::string_view line, std::size_t limit, std::vector<std::string>& keys);

/// The scalar or string at the dotted key `path`; empty if there is none.
[[nodiscard]] std::string_view json_value_at(std::string_view line, std::string_view path);

}  // namespace berth
