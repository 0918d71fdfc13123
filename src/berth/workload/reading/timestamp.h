#pragma once
// Timestamps of traces as whole nanoseconds: ISO 8601 or a number since some zero.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include "berth/workload/trace.h"

namespace berth {

/// Nanoseconds since 1970-01-01T00:00Z of "2023-11-16 18:17:03.9799600", with 'T' or a blank
/// between, any number of decimals (those beyond nanoseconds are cut) and an optional "Z",
/// "+02:00", "+0200" or "+02". Without an offset the time is taken as UTC.
[[nodiscard]] std::optional<std::int64_t> parse_iso_time(std::string_view text);

/// Knows the spelling of one file's timestamps and remembers the last minute, so that most rows
/// cost a comparison and two short numbers.
class TimestampParser {
 public:
  /// By the file's first timestamp; a number's unit by its size unless given: below 1e11 seconds,
  /// below 1e14 ms, below 1e17 us, else ns (so seconds until the year 5138, ms from 1973 on).
  static TimestampParser detect(std::string_view first, TimestampUnit unit);

  /// The timestamp at `p`; returns where it ends, or null for what `parse` must look at.
  /// REQUIRES: 32 readable bytes.
  const char* parse_fast(const char* p, std::int64_t& time_ns) {
    return iso_ ? parse_iso_fast(p, time_ns) : parse_number_fast(p, time_ns);
  }
  /// The whole text, strictly.
  [[nodiscard]] std::optional<std::int64_t> parse(std::string_view text) const;

  [[nodiscard]] std::string_view expected() const;  ///< for messages

 private:
  static constexpr std::size_t kMinutePrefix = 17;  // "2023-11-16 18:17:"

  const char* parse_iso_fast(const char* p, std::int64_t& time_ns);
  const char* parse_number_fast(const char* p, std::int64_t& time_ns) const;
  bool remember_minute(const char* p);

  bool iso_ = false;
  std::int64_t unit_ns_ = 1'000'000'000;
  std::array<char, kMinutePrefix> minute_{};
  std::int64_t minute_ns_ = 0;
};

}  // namespace berth
