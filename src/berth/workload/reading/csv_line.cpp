#include "berth/workload/reading/csv_line.h"

#include <algorithm>
#include <cstddef>

#include "berth/core/text.h"

namespace berth {
namespace {

/// The quoted field that starts at line[at] == '"'; `at` moves behind its closing quote.
bool quoted_field(std::string_view line, std::size_t& at, std::string& field) {
  field.clear();
  for (++at; at < line.size(); ++at) {
    if (line[at] != '"') {
      field += line[at];
    } else if (at + 1 < line.size() && line[at + 1] == '"') {
      field += line[at++];
    } else {
      ++at;
      return true;
    }
  }
  return false;
}

}  // namespace

bool split_csv(std::string_view line, std::vector<std::string>& fields) {
  fields.clear();
  std::size_t at = 0;
  while (true) {
    std::string& field = fields.emplace_back();
    while (at < line.size() && line[at] == ' ') ++at;
    if (at < line.size() && line[at] == '"') {
      if (!quoted_field(line, at, field)) return false;
      while (at < line.size() && line[at] == ' ') ++at;
      if (at < line.size() && line[at] != ',') return false;
    } else {
      const std::size_t end = std::min(line.find(',', at), line.size());
      field = trim(line.substr(at, end - at));
      at = end;
    }
    if (at == line.size()) return true;
    ++at;
  }
}

bool has_open_quote(std::string_view line) {
  return std::count(line.begin(), line.end(), '"') % 2 != 0;
}

std::string csv_field(std::string_view text) {
  const bool plain = text.find_first_of(",\"\r\n") == std::string_view::npos &&
                     (text.empty() || (text.front() != ' ' && text.back() != ' '));
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace berth
