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
/// likely typing error (distance <= 1 + length/4; two swapped neighbours count as one) or if one
/// contains the other (at least 3 characters of it). O(candidates * n^2).
[[nodiscard]] std::optional<std::string> closest_match(std::string_view word,
                                                       std::span<const std::string> candidates);

/// "did you mean 'x'?" or, without a close match, "one of: a, b, c, ... (n more)".
[[nodiscard]] std::string suggest(std::string_view word, std::span<const std::string> candidates);

[[nodiscard]] std::string to_lower(std::string_view text);
[[nodiscard]] std::string_view trim(std::string_view text);
[[nodiscard]] std::vector<std::string> split(std::string_view text, char separator);
[[nodiscard]] bool is_valid_utf8(std::string_view text);
/// Byte offset of the first byte that is not part of well-formed UTF-8 (no overlong forms, no
/// surrogates, nothing above U+10FFFF); nullopt = all of it is well-formed.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// Shell-style pattern: '*' any run of characters, '?' one; case-insensitive, whole text.
[[nodiscard]] bool matches_glob(std::string_view text, std::string_view pattern);

/// Strict: the whole text is one finite decimal number ("1e3" yes, "nan", "0x1", "1 " no).
[[nodiscard]] std::optional<double> parse_number(std::string_view text);
[[nodiscard]] std::optional<long long> parse_integer(std::string_view text);

/// The shortest decimal text that reads back as the same double ("0.1", "1e-07", "12").
[[nodiscard]] std::string shortest(double value);

}  // namespace berth
