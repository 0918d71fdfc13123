// Names that the formats can hold.

#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>

#include "berth/core/text.h"
#include "berth/solve/milp/write_model.h"

namespace berth::milp {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What every reader takes inside a name. '#' is left out: it marks the index of a shortened name.
/// LP has signs, brackets, colons and slashes of its own.
bool is_allowed(ModelFormat format, char c) {
  constexpr std::string_view kBoth = "_.,()@";
  constexpr std::string_view kMpsOnly = "[]:/-+=";
  if (is_letter(c) || is_digit(c) || kBoth.find(c) != std::string_view::npos) return true;
  return format == ModelFormat::kMps && kMpsOnly.find(c) != std::string_view::npos;
}

/// Brackets and dashes have look-alikes that LP can hold.
char closest(ModelFormat format, char c) {
  if (is_allowed(format, c)) return c;
  switch (c) {
    case '[': return '(';
    case ']': return ')';
    case ':': return '.';
    default: return '_';
  }
}

/// Words that start a section or stand for a number in LP.
bool is_keyword(std::string_view name) {
  constexpr std::array<std::string_view, 25> kWords = {
      "bin",      "binary",  "binaries", "bound",    "bounds",   "end", "free",
      "gen",      "general", "generals", "inf",      "infinity", "int", "integer",
      "integers", "max",     "maximise", "maximize", "maximum",  "min", "minimise",
      "minimize", "minimum", "st",       "s.t."};
  const std::string lower = to_lower(name);
  return std::find(kWords.begin(), kWords.end(), lower) != kWords.end();
}

/// Also not a number, nor the start of one ("e5").
bool needs_prefix(std::string_view name) {
  if (name.empty() || !is_letter(name.front())) return true;
  const bool exponent = name.front() == 'e' || name.front() == 'E';
  return (exponent && name.size() > 1 && (is_digit(name[1]) || name[1] == '.')) ||
         is_keyword(name) || name == kObjectiveName;
}

std::string safe(ModelFormat format, std::string_view name) {
  std::string result;
  result.reserve(name.size());
  for (const char c : name) result += closest(format, c);
  return needs_prefix(result) ? "n_" + result : result;
}

}  // namespace

std::vector<std::string> safe_names(ModelFormat format, std::size_t count,
                                    const std::function<std::string(std::size_t)>& name) {
  std::vector<std::string> names;
  names.reserve(count);  // so that the views below stay valid
  std::unordered_set<std::string_view> seen;
  seen.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::string& own = names.emplace_back(safe(format, name(i)));
    if (own.size() <= kLongestName && seen.insert(own).second) continue;
    const std::string mark = "#" + std::to_string(i);
    own.resize(std::min(own.size(), kLongestName - mark.size()));
    own += mark;
  }
  return names;
}

}  // namespace berth::milp
