#include "berth/telemetry/promql.h"

#include <cmath>

#include <fmt/format.h>

namespace berth::promql {
namespace {

std::string promql_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// RE2, anchored at both ends by Prometheus.
std::string alternatives(std::span<const std::string> values) {
  constexpr std::string_view kSpecial = "\\.+*?()|[]{}^$";
  std::string out;
  for (const std::string& value : values) {
    if (!out.empty()) out += '|';
    for (const char c : value) {
      if (kSpecial.find(c) != std::string_view::npos) out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

std::string selector(std::span<const LabelMatch> match) {
  if (match.empty()) return {};
  std::string out;
  for (const LabelMatch& one : match) {
    if (!out.empty()) out += ',';
    const bool single = one.values.size() == 1;
    out += one.label + (single ? "=" : "=~");
    out += promql_text(single ? one.values.front() : alternatives(one.values));
  }
  return "{" + out + "}";
}

std::string duration(double seconds) { return fmt::format("{}ms", std::llround(seconds * 1e3)); }

std::string first_of(std::span<const std::string> names, std::string_view suffix,
                     std::span<const LabelMatch> match,
                     const std::function<std::string(const std::string&)>& f) {
  const std::string labels = selector(match);
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += " or ";
    out += f(fmt::format("{}{}{}", name, suffix, labels));
  }
  return "(" + out + ")";
}

std::string aggregate(std::string_view operation, std::span<const std::string> labels,
                      std::string_view expression) {
  return fmt::format("{} by ({}) ({})", operation, fmt::join(labels, ", "), expression);
}

}  // namespace berth::promql
