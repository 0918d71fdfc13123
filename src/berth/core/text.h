#pragma once
// Small text helpers shared by every reader.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// The candidate closest to `word` by edit distance (case-insensitive), if close enough to be a
/// likely typing error (distance <= 1 + length/4) or if one contains the other. O(candidates * n^2).
[[nodiscard]] std::optional<std::string> closest_match(std::string_view word,
                                                       std::span<const std::string> candidates);

/// "did you mean 'x'?" or, without a close match, "one of: a, b, c, ... (n more)".
[[nodiscard]] std::string suggest(std::string_view word, std::span<const std::string> candidates);

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] bool is_valid_utf8(std::string_view text);

/// Strict: the whole text is one finite decimal number ("1e3" yes, "nan", "0x1", "1 " no).
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

}  // namespace berth
