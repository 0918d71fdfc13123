#include "berth/core/text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>

#include <fast_float/fast_float.h>
#include <fmt/format.h>

namespace berth {
namespace {

/// Edit distance with swaps of neighbours (optimal string alignment), on lower-case texts.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> previous(b.size() + 1);
  std::vector<std::size_t> current(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) previous[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      current[j] = std::min({previous[j] + 1, current[j - 1] + 1, replace});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) current[j] = std::min(current[j], before[j - 2] + 1);
    }
    std::swap(before, previous);
    std::swap(previous, current);
  }
  return previous[b.size()];
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  const auto [end, unused] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(end - a.begin());
}

/// How well a candidate fits; smaller is better: a typing error beats a containment, then the
/// smaller distance, then the longer common beginning.
struct Fit {
  bool contained = true;
  std::size_t distance = std::numeric_limits<std::size_t>::max();
  std::size_t not_shared = 0;
  friend auto operator<=>(const Fit&, const Fit&) = default;
};

bool contains(std::string_view whole, std::string_view part) {
  constexpr std::size_t kShortestPart = 3;  // "a" is contained in nearly everything
  return part.size() >= kShortestPart && whole.find(part) != std::string_view::npos;
}

/// Length of the well-formed UTF-8 sequence at the start of `text`; 0 = none.
/// Ranges: Unicode 15, table 3-7.
std::size_t utf8_sequence_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto continues = [&](std::size_t i, unsigned low = 0x80, unsigned high = 0xBF) {
    return i < text.size() && byte(i) >= low && byte(i) <= high;
  };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return continues(1) ? 2 : 0;
  if (lead >= 0xE0 && lead <= 0xEF) {
    const unsigned low = lead == 0xE0 ? 0xA0 : 0x80;   // no overlong forms
    const unsigned high = lead == 0xED ? 0x9F : 0xBF;  // no surrogates
    return continues(1, low, high) && continues(2) ? 3 : 0;
  }
  if (lead >= 0xF0 && lead <= 0xF4) {
    const unsigned low = lead == 0xF0 ? 0x90 : 0x80;
    const unsigned high = lead == 0xF4 ? 0x8F : 0xBF;  // nothing above U+10FFFF
    return continues(1, low, high) && continues(2) && continues(3) ? 4 : 0;
  }
  return 0;
}

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

}  // namespace

std::optional<std::string> closest_match(std::string_view word,
                                         std::span<const std::string> candidates) {
  const std::string wanted = to_lower(word);
  if (wanted.empty()) return std::nullopt;
  const std::string* best = nullptr;
  Fit best_fit;
  for (const std::string& candidate : candidates) {
    if (candidate.empty()) continue;
    const std::string text = to_lower(candidate);
    const std::size_t distance = edit_distance(wanted, text);
    const bool near = distance <= 1 + wanted.size() / 4 && distance < text.size();
    if (!near && !contains(text, wanted) && !contains(wanted, text)) continue;
    const Fit fit{.contained = !near,
                  .distance = distance,
                  .not_shared = wanted.size() - common_prefix(wanted, text)};
    if (best != nullptr && fit >= best_fit) continue;
    best = &candidate;
    best_fit = fit;
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string suggest(std::string_view word, std::span<const std::string> candidates) {
  if (candidates.empty()) return {};
  if (const auto match = closest_match(word, candidates))
    return fmt::format("did you mean '{}'?", *match);
  constexpr std::size_t kShown = 12;
  const std::size_t shown = std::min(kShown, candidates.size());
  std::string list = fmt::format("one of: {}", fmt::join(candidates.first(shown), ", "));
  if (candidates.size() > shown) list += fmt::format(", ... ({} more)", candidates.size() - shown);
  return list;
}

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (true) {
    const std::size_t end = text.find(separator, begin);
    if (end == std::string_view::npos) break;
    parts.emplace_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  parts.emplace_back(text.substr(begin));
  return parts;
}

std::optional<std::size_t> first_invalid_utf8(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = utf8_sequence_length(text.substr(at));
    if (length == 0) return at;
    at += length;
  }
  return std::nullopt;
}

bool is_valid_utf8(std::string_view text) { return !first_invalid_utf8(text).has_value(); }

bool matches_glob(std::string_view text, std::string_view pattern) {
  const std::string t = to_lower(text);
  const std::string p = to_lower(pattern);
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t star = std::string::npos;  // last '*' seen, and where its run ends so far
  std::size_t run_end = 0;
  while (i < t.size()) {
    if (j < p.size() && p[j] == '*') {
      star = j++;
      run_end = i;
    } else if (j < p.size() && (p[j] == '?' || p[j] == t[i])) {
      ++i;
      ++j;
    } else if (star != std::string::npos) {
      j = star + 1;
      i = ++run_end;
    } else {
      return false;
    }
  }
  while (j < p.size() && p[j] == '*') ++j;
  return j == p.size();
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double value = 0.0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = fast_float::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<long long> parse_integer(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  long long value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::string shortest(double value) {
  if (value == 0.0) return "0";
  // Whole numbers that a double holds exactly are written without an exponent.
  constexpr double kExactIntegers = 9007199254740992.0;
  if (std::abs(value) < kExactIntegers && value == std::floor(value)) {
    return fmt::format("{}", static_cast<std::int64_t>(value));
  }
  return fmt::format("{}", value);
}

}  // namespace berth
