#include "berth/manifest/block_yaml.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>
#include <string_view>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::size_t kStep = 2;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Words that YAML 1.1 or 1.2 reads as something else than text.
bool is_reserved(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords = {"true", "false", "yes", "no", "on",
                                                      "off",  "null",  "y",   "n"};
  const std::string lower = to_lower(text);
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

/// A letter first, or a flag ("--port"), a path ("/health") or a variable ("$(RANK)"); no character
/// that means anything in YAML.
bool is_plain(std::string_view text) {
  constexpr std::string_view kSafe = "-_./+@=$()";
  if (text.empty() || is_reserved(text)) return false;
  const bool flag = text.size() > 2 && text.starts_with("--") && is_letter(text[2]);
  const bool start = is_letter(text.front()) || text.front() == '/' || text.front() == '$';
  if (!flag && !start) return false;
  for (std::size_t k = 0; k < text.size(); ++k) {
    const char c = text[k];
    // "image:tag" is text, "key: value" and "key:" are not.
    const bool inner_colon = c == ':' && k + 1 < text.size() && text[k + 1] != ' ';
    if (!is_letter(c) && !is_digit(c) && !inner_colon && kSafe.find(c) == std::string_view::npos) {
      return false;
    }
  }
  return true;
}

/// The code point at `at`, and its length. REQUIRES: valid UTF-8.
std::pair<std::uint32_t, std::size_t> code_point(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t k) { return static_cast<unsigned char>(text[k]); };
  const unsigned first = byte(at);
  const std::size_t length = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  std::uint32_t point = length == 1 ? first : first & (0x7FU >> length);
  for (std::size_t k = 1; k < length; ++k) point = (point << 6U) | (byte(at + k) & 0x3FU);
  return {point, length};
}

/// Control characters, the line breaks of Unicode, marks that change the order of letters.
bool must_escape(std::uint32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) || point == 0xFEFF ||
         (point >= 0x200B && point <= 0x200F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

std::string double_quoted(std::string_view text) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, length] = code_point(text, at);
    if (point == '"' || point == '\\') {
      out += '\\';
      out += text[at];
    } else if (point == '\n') {
      out += "\\n";
    } else if (point == '\t') {
      out += "\\t";
    } else if (must_escape(point)) {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", point);
    } else {
      out += text.substr(at, length);
    }
    at += length;
  }
  return out + '"';
}

/// Quotes and backslashes stand for themselves in single quotes, where nothing else needs an
/// escape: expressions of PromQL stay readable.
bool fits_single_quotes(std::string_view text) {
  if (text.find_first_of("\"\\") == std::string_view::npos) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, length] = code_point(text, at);
    if (must_escape(point)) return false;
    at += length;
  }
  return true;
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += '\'';
    out += c;
  }
  return out + '\'';
}

std::string scalar_text(std::string_view text) {
  if (!is_valid_utf8(text)) {
    // Nothing else can be said in YAML: the bytes as those of Latin-1.
    std::string latin;
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80) {
        latin += c;
      } else {
        latin += static_cast<char>(0xC0U | (byte >> 6U));
        latin += static_cast<char>(0x80U | (byte & 0x3FU));
      }
    }
    return double_quoted(latin);
  }
  if (is_plain(text)) return std::string(text);
  return fits_single_quotes(text) ? single_quoted(text) : double_quoted(text);
}

/// Several lines, none of which begins or ends with a blank, so that a literal block keeps it all.
bool fits_literal(std::string_view text) {
  if (text.find('\n') == std::string_view::npos || !is_valid_utf8(text)) return false;
  if (text.front() == '\n' || text.front() == ' ' || text.ends_with("\n\n")) return false;
  for (std::size_t at = 0; at < text.size();) {
    const auto [point, length] = code_point(text, at);
    if (point != '\n' && must_escape(point)) return false;
    if (point == '\n' && at > 0 && text[at - 1] == ' ') return false;
    at += length;
  }
  return text.back() != ' ';
}

bool is_empty_collection(const Node& node) {
  return (node.kind == Node::Kind::kList && node.items.empty()) ||
         (node.kind == Node::Kind::kMap && node.fields.empty());
}

std::string one_line(const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull: return "null";
    case Node::Kind::kBoolean: return node.boolean ? "true" : "false";
    case Node::Kind::kNumber: return node.text;
    case Node::Kind::kString: return scalar_text(node.text);
    case Node::Kind::kList: return "[]";
    case Node::Kind::kMap: return "{}";
  }
  return "null";
}

void append_literal(std::string& out, const std::string& text, std::size_t indent) {
  out += text.back() == '\n' ? "|" : "|-";
  const std::string margin(indent, ' ');
  for (const std::string& line :
       split(text.back() == '\n' ? text.substr(0, text.size() - 1) : text, '\n')) {
    out += '\n';
    if (!line.empty()) out += margin + line;
  }
}

/// Writes a collection whose first line begins where `out` ends; lists hold their items two columns
/// further in than the key they belong to, as most tools write them.
void append_block(std::string& out, const Node& node, std::size_t indent) {
  const bool list = node.kind == Node::Kind::kList;
  const std::size_t count = list ? node.items.size() : node.fields.size();
  for (std::size_t k = 0; k < count; ++k) {
    if (k > 0) out += "\n" + std::string(indent, ' ');
    const Node& value = list ? node.items[k] : node.fields[k].second;
    out += list ? "-" : scalar_text(node.fields[k].first) + ":";
    const bool collection = value.kind == Node::Kind::kList || value.kind == Node::Kind::kMap;
    if (!collection || is_empty_collection(value)) {
      out += ' ';
      if (value.kind == Node::Kind::kString && fits_literal(value.text)) {
        append_literal(out, value.text, indent + kStep);
      } else {
        out += one_line(value);
      }
      continue;
    }
    if (list) {
      out += ' ';
    } else {
      out += "\n" + std::string(indent + kStep, ' ');
    }
    append_block(out, value, indent + kStep);
  }
}

}  // namespace

std::string block_yaml(const Node& root) {
  const bool collection = root.kind == Node::Kind::kList || root.kind == Node::Kind::kMap;
  if (!collection || is_empty_collection(root)) return one_line(root) + "\n";
  std::string out;
  append_block(out, root, 0);
  return out + "\n";
}

}  // namespace berth
