#include "berth/document/yaml_text.h"

#include <algorithm>
#include <array>
#include <iterator>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

bool is_plain(std::string_view text) {
  constexpr std::string_view kSafe = "-_./+<>";
  constexpr std::array<std::string_view, 10> kReserved = {"true", "false", "yes", "no", "on",
                                                          "off",  "null",  "y",   "n",  "~"};
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || !letter(text.front())) return false;
  const std::string lower = to_lower(text);
  if (std::find(kReserved.begin(), kReserved.end(), lower) != kReserved.end()) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9') || kSafe.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::string yaml_text(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
      quoted += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      fmt::format_to(std::back_inserter(quoted), "\\x{:02X}", static_cast<unsigned>(c));
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

}  // namespace berth
