#include "berth/workload/reading/timestamp.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

#include "berth/core/text.h"
#include "berth/workload/reading/fast_number.h"

namespace berth {
namespace {

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;
constexpr int kFractionDigits = 9;
// Nanoseconds of this century have 19 digits, and the largest 64-bit number starts with 922.
constexpr unsigned kMaxDigits = 19;
constexpr std::int64_t kMaxLeading = 9'000'000'000'000'000;  // of the first 16 digits of 19
constexpr std::size_t kOffsetLength = 6;                     // "+02:00"
constexpr std::array<std::int64_t, 10> kPowers = {1,      10,      100,      1000,      10000,
                                                  100000, 1000000, 10000000, 100000000, 1000000000};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// `count` digits at text[at..]; -1 if they are not all digits.
int fixed_digits(std::string_view text, std::size_t at, std::size_t count) {
  if (at + count > text.size()) return -1;
  int value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (!is_digit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

/// Days since 1970-01-01 in the proleptic Gregorian calendar; the year starts in March so that the
/// leap day is its last (H. Hinnant, "chrono-compatible low-level date algorithms").
std::int64_t days_since_1970(int year, int month, int day) {
  const int y = month <= 2 ? year - 1 : year;
  const int era = y / 400;
  const int year_of_era = y - era * 400;
  const int day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
  const int day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
  return static_cast<std::int64_t>(era) * 146097 + day_of_era - 719468;
}

int days_in_month(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : kDays[static_cast<std::size_t>(month - 1)];
}

/// "2023-11-16 18:17:" at the front of `text`.
std::optional<std::int64_t> parse_minute(std::string_view text) {
  const int year = fixed_digits(text, 0, 4);
  const int month = fixed_digits(text, 5, 2);
  const int day = fixed_digits(text, 8, 2);
  const int hour = fixed_digits(text, 11, 2);
  const int minute = fixed_digits(text, 14, 2);
  // Nanoseconds in 64 bits reach from 1678 to 2262.
  if (year < 1700 || year > 2261 || month < 1 || month > 12 || hour < 0 || hour > 23 ||
      minute < 0 || minute > 59) {
    return std::nullopt;
  }
  if (day < 1 || day > days_in_month(year, month)) return std::nullopt;
  const bool marks = text[4] == '-' && text[7] == '-' && (text[10] == ' ' || text[10] == 'T') &&
                     text.size() > 16 && text[13] == ':' && text[16] == ':';
  if (!marks) return std::nullopt;
  return days_since_1970(year, month, day) * kDay + hour * kHour + minute * kMinute;
}

/// "Z", "+02:00", "+0200", "+02" or nothing: what to subtract to get UTC.
std::optional<std::int64_t> parse_offset(std::string_view text) {
  if (text.empty() || text == "Z" || text == "z") return 0;
  if (text[0] != '+' && text[0] != '-') return std::nullopt;
  const int hours = fixed_digits(text, 1, 2);
  int minutes = 0;
  if (text.size() == 6 && text[3] == ':') {
    minutes = fixed_digits(text, 4, 2);
  } else if (text.size() == 5) {
    minutes = fixed_digits(text, 3, 2);
  } else if (text.size() != 3) {
    return std::nullopt;
  }
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return std::nullopt;
  const std::int64_t offset = hours * kHour + minutes * kMinute;
  return text[0] == '-' ? -offset : offset;
}

/// Digits behind a decimal point at text[at..] as a share of `unit`; `at` moves behind them.
std::int64_t fraction(std::string_view text, std::size_t& at, std::int64_t unit) {
  std::int64_t value = 0;
  int digits = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) {
    if (digits == kFractionDigits) continue;
    value = value * 10 + (text[at] - '0');
    ++digits;
  }
  // unit <= 1e9 and value < 1e9: the product fits.
  return value * unit / kPowers[static_cast<std::size_t>(digits)];
}

std::optional<std::int64_t> parse_plain_number(std::string_view text, std::int64_t unit) {
  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 19) return std::nullopt;
  std::uint64_t whole = 0;
  for (const char c : text.substr(0, digits))
    whole = whole * 10 + static_cast<std::uint64_t>(c - '0');
  const auto limit =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / unit) - 1;
  if (whole > limit) return std::nullopt;
  std::int64_t part = 0;
  if (digits < text.size()) {
    std::size_t at = digits + 1;
    if (text[digits] != '.') return std::nullopt;
    part = fraction(text, at, unit);
    if (at != text.size()) return std::nullopt;
  }
  return static_cast<std::int64_t>(whole) * unit + part;
}

/// Up to nine digits at `p` as a share of `unit`, added to `time`; null for fewer or more.
const char* fraction_fast(const char* p, std::int64_t unit, std::int64_t& time) {
  const Digits digits = leading_digits(p);
  if (digits.count == 0) return nullptr;
  auto value = static_cast<std::int64_t>(digits.value);
  unsigned count = digits.count;
  p += count;
  if (count == 8 && is_digit(*p)) {
    value = value * 10 + (*p - '0');
    ++p;
    ++count;
    if (is_digit(*p)) return nullptr;
  }
  time += value * unit / kPowers[count];
  return p;
}

std::int64_t unit_of(TimestampUnit unit, double first) {
  switch (unit) {
    case TimestampUnit::kSeconds: return kSecond;
    case TimestampUnit::kMilliseconds: return 1'000'000;
    case TimestampUnit::kMicroseconds: return 1'000;
    case TimestampUnit::kNanoseconds: return 1;
    case TimestampUnit::kAuto: break;
  }
  if (first < 1e11) return kSecond;
  if (first < 1e14) return 1'000'000;
  return first < 1e17 ? 1'000 : 1;
}

}  // namespace

std::optional<std::int64_t> parse_iso_time(std::string_view text) {
  const std::optional<std::int64_t> minute = text.size() < 19 ? std::nullopt : parse_minute(text);
  const int seconds = fixed_digits(text, 17, 2);
  if (!minute || seconds < 0 || seconds > 60) return std::nullopt;  // 60: a leap second
  std::size_t at = 19;
  std::int64_t part = 0;
  if (at < text.size() && text[at] == '.') {
    ++at;
    if (at == text.size() || !is_digit(text[at])) return std::nullopt;
    part = fraction(text, at, kSecond);
  }
  const std::optional<std::int64_t> offset = parse_offset(text.substr(at));
  if (!offset) return std::nullopt;
  return *minute + seconds * kSecond + part - *offset;
}

TimestampParser TimestampParser::detect(std::string_view first, TimestampUnit unit) {
  TimestampParser parser;
  const std::optional<double> number = parse_number(first);
  // What is neither is reported row by row, as the kind of timestamp it resembles.
  parser.iso_ = !number && first.size() > 4 && first[4] == '-';
  parser.unit_ns_ = unit_of(unit, number.value_or(0.0));
  return parser;
}

std::optional<std::int64_t> TimestampParser::parse(std::string_view text) const {
  if (iso_) return parse_iso_time(text);
  if (const auto exact = parse_plain_number(text, unit_ns_)) return exact;
  // Exponents and the like.
  const std::optional<double> number = parse_number(text);
  if (!number || *number < 0) return std::nullopt;
  const double time = *number * static_cast<double>(unit_ns_);
  if (time >= 9.2e18) return std::nullopt;
  return std::llround(time);
}

std::string_view TimestampParser::expected() const {
  return iso_ ? "a time such as 2023-11-16 18:17:03.98" : "a number of seconds, ms, us or ns";
}

bool TimestampParser::remember_minute(const char* p) {
  const std::optional<std::int64_t> minute = parse_minute(std::string_view(p, kMinutePrefix));
  if (!minute) return false;
  std::memcpy(minute_.data(), p, kMinutePrefix);
  minute_ns_ = *minute;
  return true;
}

const char* TimestampParser::parse_iso_fast(const char* p, std::int64_t& time_ns) {
  if (std::memcmp(p, minute_.data(), kMinutePrefix) != 0 && !remember_minute(p)) return nullptr;
  p += kMinutePrefix;
  const auto tens = static_cast<unsigned>(p[0] - '0');
  const auto ones = static_cast<unsigned>(p[1] - '0');
  if (tens > 6 || ones > 9 || (tens == 6 && ones > 0)) return nullptr;
  std::int64_t time = minute_ns_ + static_cast<std::int64_t>(tens * 10 + ones) * kSecond;
  p += 2;
  if (*p == '.') {
    p = fraction_fast(p + 1, kSecond, time);
    if (p == nullptr) return nullptr;
  }
  if (*p == 'Z' || *p == '+' || *p == '-') {
    std::size_t length = 1;
    while (length < kOffsetLength && (is_digit(p[length]) || p[length] == ':')) ++length;
    const std::optional<std::int64_t> offset = parse_offset(std::string_view(p, length));
    if (!offset) return nullptr;
    time -= *offset;
    p += length;
  }
  time_ns = time;
  return p;
}

const char* TimestampParser::parse_number_fast(const char* p, std::int64_t& time_ns) const {
  Digits digits = leading_digits(p);
  if (digits.count == 0) return nullptr;
  auto whole = static_cast<std::int64_t>(digits.value);
  p += digits.count;
  for (unsigned total = digits.count; digits.count == 8; total += digits.count) {
    digits = leading_digits(p);
    if (total + digits.count > kMaxDigits || whole >= kMaxLeading) return nullptr;
    whole = whole * kPowers[digits.count] + digits.value;
    p += digits.count;
  }
  if (whole > std::numeric_limits<std::int64_t>::max() / unit_ns_ - 1) return nullptr;
  std::int64_t time = whole * unit_ns_;
  if (*p == '.') {
    p = fraction_fast(p + 1, unit_ns_, time);
    if (p == nullptr) return nullptr;
  }
  time_ns = time;
  return p;
}

}  // namespace berth
