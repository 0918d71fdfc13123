#include "berth/plan/document_text.h"

#include <array>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

constexpr std::size_t kLineWidth = 100;
constexpr std::size_t kIndent = 2;

Node scalar(Node::Kind kind, std::string text) {
  Node node;
  node.kind = kind;
  node.text = std::move(text);
  return node;
}

bool is_plain_yaml(std::string_view text) {
  static constexpr std::array kReserved = {"true", "false", "null", "yes", "no",
                                           "on",   "off",   "y",    "n"};
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (!letter(text.front())) return false;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!letter(c) && !digit && c != '.' && c != '_' && c != '/' && c != '-' && c != ' ') {
      return false;
    }
  }
  const std::string lower = to_lower(text);
  for (const char* word : kReserved) {
    if (lower == word) return false;
  }
  return true;
}

std::string yaml_string(std::string_view text) {
  return is_plain_yaml(text) ? std::string(text) : json_string(text);
}

enum class Style { kJson, kYaml };

std::string key_text(Style style, const std::string& key) {
  return (style == Style::kJson ? json_string(key) : yaml_string(key)) + ": ";
}

/// The node on one line; JSON and YAML flow style differ only in the quotes.
std::string one_line(Style style, const Node& node) {
  switch (node.kind) {
    case Node::Kind::kNull: return "null";
    case Node::Kind::kBoolean: return node.boolean ? "true" : "false";
    case Node::Kind::kNumber: return node.text;
    case Node::Kind::kString:
      return style == Style::kJson ? json_string(node.text) : yaml_string(node.text);
    case Node::Kind::kList: {
      std::string line = "[";
      for (const Node& item : node.items) {
        if (line.size() > 1) line += ", ";
        line += one_line(style, item);
      }
      return line + "]";
    }
    case Node::Kind::kMap: {
      std::string line = "{";
      for (const auto& [key, value] : node.fields) {
        if (line.size() > 1) line += ", ";
        line += key_text(style, key) + one_line(style, value);
      }
      return line + "}";
    }
  }
  return "null";
}

bool is_scalar(const Node& node) {
  return node.kind != Node::Kind::kList && node.kind != Node::Kind::kMap;
}

/// Lists of maps always take a line an item, so that a textual diff of two plans is readable.
bool fits(const Node& node, const std::string& line, std::size_t used) {
  if (is_scalar(node)) return true;
  if (node.kind == Node::Kind::kList && !node.items.empty() && !is_scalar(node.items.front())) {
    return false;
  }
  return used + line.size() <= kLineWidth;
}

void append_json(std::string& out, const Node& node, std::size_t indent, std::size_t used) {
  const std::string line = one_line(Style::kJson, node);
  if (fits(node, line, used)) {
    out += line;
    return;
  }
  const bool list = node.kind == Node::Kind::kList;
  const std::string margin(indent + kIndent, ' ');
  const std::size_t count = list ? node.items.size() : node.fields.size();
  out += list ? "[\n" : "{\n";
  for (std::size_t k = 0; k < count; ++k) {
    const std::string key = list ? std::string() : key_text(Style::kJson, node.fields[k].first);
    out += margin + key;
    append_json(out, list ? node.items[k] : node.fields[k].second, indent + kIndent,
                margin.size() + key.size() + 1);
    out += k + 1 < count ? ",\n" : "\n";
  }
  out += std::string(indent, ' ') + (list ? "]" : "}");
}

/// Writes the value after "key: " or "- "; ends without a newline.
void append_yaml(std::string& out, const Node& node, std::size_t indent, bool after_dash) {
  const std::string line = one_line(Style::kYaml, node);
  if (fits(node, line, indent)) {
    out += line;
    return;
  }
  const bool list = node.kind == Node::Kind::kList;
  const std::string margin(indent, ' ');
  const std::size_t count = list ? node.items.size() : node.fields.size();
  for (std::size_t k = 0; k < count; ++k) {
    // The first field of a map in a list stands behind the dash.
    if (k > 0 || !after_dash) out += "\n" + margin;
    const Node& value = list ? node.items[k] : node.fields[k].second;
    if (list) {
      out += "- ";
      append_yaml(out, value, indent + kIndent, true);
      continue;
    }
    out += key_text(Style::kYaml, node.fields[k].first);
    append_yaml(out, value, indent + kIndent, false);
  }
}

/// "key: \n" would leave a blank at the end of the line.
std::string without_trailing_blanks(const std::string& text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    while (c == '\n' && !out.empty() && out.back() == ' ') out.pop_back();
    out += c;
  }
  return out;
}

}  // namespace

Node null_node() { return {}; }

Node boolean_node(bool value) {
  Node node = scalar(Node::Kind::kBoolean, value ? "true" : "false");
  node.boolean = value;
  return node;
}

Node text_node(std::string value) { return scalar(Node::Kind::kString, std::move(value)); }

Node integer_node(long long value) {
  Node node = scalar(Node::Kind::kNumber, std::to_string(value));
  node.number = static_cast<double>(value);
  return node;
}

Node number_node(double value) {
  if (!std::isfinite(value)) return null_node();
  Node node = scalar(Node::Kind::kNumber, shortest(value));
  node.number = value;
  return node;
}

Node number_node(std::optional<double> value) { return value ? number_node(*value) : null_node(); }

Node seconds_node(const std::optional<Seconds>& value) {
  return value ? number_node(value->value) : null_node();
}

Node money_node(CostRate value) {
  Node node = scalar(Node::Kind::kNumber, exact_usd(value));
  node.number = static_cast<double>(value.micros()) / 1e6;
  return node;
}

Node list_node(std::vector<Node> items) {
  Node node;
  node.kind = Node::Kind::kList;
  node.items = std::move(items);
  return node;
}

Node texts_node(const std::vector<std::string>& texts) {
  std::vector<Node> items;
  items.reserve(texts.size());
  for (const std::string& text : texts) items.push_back(text_node(text));
  return list_node(std::move(items));
}

Node map_node(std::vector<std::pair<std::string, Node>> fields) {
  Node node;
  node.kind = Node::Kind::kMap;
  node.fields = std::move(fields);
  return node;
}

std::string exact_usd(CostRate value) {
  constexpr std::int64_t kMicrosPerDollar = 1'000'000;
  const std::int64_t dollars = value.micros() / kMicrosPerDollar;
  const std::int64_t micros = std::abs(value.micros() % kMicrosPerDollar);
  std::string text = fmt::format("{}{}", value.micros() < 0 ? "-" : "", std::abs(dollars));
  if (micros == 0) return text;
  text += fmt::format(".{:06}", micros);
  while (text.back() == '0') text.pop_back();
  return text;
}

std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (byte < 0x20 || byte == 0x7f) {
          out += fmt::format("\\u{:04x}", byte);
        } else {
          out += c;
        }
    }
  }
  return out + "\"";
}

std::string json_text(const Node& root) {
  std::string out;
  append_json(out, root, 0, 0);
  return out + "\n";
}

std::string yaml_text(const Node& root) {
  std::string out;
  append_yaml(out, root, 0, true);
  return without_trailing_blanks(out) + "\n";
}

}  // namespace berth
