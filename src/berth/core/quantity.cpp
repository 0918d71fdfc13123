#include "berth/core/quantity.h"

#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>

#include <fast_float/fast_float.h>
#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

struct Unit {
  std::string_view name;
  double factor;  ///< to the base unit
};

struct Dimension {
  std::string_view name;  ///< "a duration"
  std::span<const Unit> units;
  std::string_view accepted;
};

constexpr std::array kDurationUnits = {Unit{"s", 1.0}, Unit{"ms", 1e-3}, Unit{"us", 1e-6},
                                       Unit{"m", 60.0}, Unit{"h", 3600.0}};
constexpr double kKibi = 1024.0;
constexpr std::array kSizeUnits = {Unit{"B", 1.0},
                                   Unit{"kB", 1e3},
                                   Unit{"MB", 1e6},
                                   Unit{"GB", 1e9},
                                   Unit{"TB", 1e12},
                                   Unit{"KiB", kKibi},
                                   Unit{"MiB", kKibi* kKibi},
                                   Unit{"GiB", kKibi* kKibi* kKibi},
                                   Unit{"TiB", kKibi* kKibi* kKibi* kKibi}};
constexpr std::array kRateUnits = {Unit{"/s", 1.0}, Unit{"/m", 1.0 / 60.0},
                                   Unit{"/h", 1.0 / 3600.0}};

constexpr Dimension kDuration{"a duration", kDurationUnits, "us, ms, s, m, h"};
constexpr Dimension kSize{"a size", kSizeUnits, "B, kB, MB, GB, TB, KiB, MiB, GiB, TiB"};
constexpr Dimension kRate{"a rate", kRateUnits, "/s, /m, /h"};

/// What people write instead; only used to suggest.
struct Habit {
  std::string_view written;
  std::string_view meant;
};
constexpr std::array kHabits = {
    Habit{"sec", "s"},     Habit{"secs", "s"},    Habit{"second", "s"}, Habit{"seconds", "s"},
    Habit{"msec", "ms"},   Habit{"millis", "ms"}, Habit{"min", "m"},    Habit{"mins", "m"},
    Habit{"minutes", "m"}, Habit{"hr", "h"},      Habit{"hrs", "h"},    Habit{"hour", "h"},
    Habit{"hours", "h"},   Habit{"usec", "us"},   Habit{"rps", "/s"},   Habit{"qps", "/s"},
    Habit{"req/s", "/s"},  Habit{"hz", "/s"},     Habit{"/sec", "/s"},  Habit{"/min", "/m"},
    Habit{"/hour", "/h"},  Habit{"k", "kB"},      Habit{"g", "GB"},     Habit{"gi", "GiB"},
    Habit{"mi", "MiB"},    Habit{"gig", "GB"},    Habit{"bytes", "B"},  Habit{"gbs", "GB"}};

const Unit* find_unit(const Dimension& dimension, std::string_view name) {
  for (const Unit& unit : dimension.units) {
    if (unit.name == name) return &unit;
  }
  return nullptr;
}

std::optional<std::string_view> likely_unit(const Dimension& dimension, std::string_view written) {
  const std::string lower = to_lower(written);
  for (const Unit& unit : dimension.units) {
    if (to_lower(unit.name) == lower) return unit.name;
  }
  for (const Habit& habit : kHabits) {
    if (habit.written == lower && find_unit(dimension, habit.meant) != nullptr) return habit.meant;
  }
  return std::nullopt;
}

Error wrong_unit(const Dimension& wanted, std::string_view text, std::string_view number,
                 std::string_view unit) {
  Error error{.code = ErrorCode::kWrongUnit, .message = {}, .where = {}, .suggestion = {}};
  for (const Dimension* other : {&kDuration, &kSize, &kRate}) {
    if (other != &wanted && find_unit(*other, unit) != nullptr) {
      error.message = fmt::format("'{}' is {}, but {} is expected", text, other->name, wanted.name);
    }
  }
  if (error.message.empty()) error.message = fmt::format("unknown unit '{}' in '{}'", unit, text);
  if (const auto likely = likely_unit(wanted, unit)) {
    error.suggestion = fmt::format("did you mean '{}{}'?", number, *likely);
  } else {
    error.suggestion = fmt::format("{} takes one of: {}", wanted.name, wanted.accepted);
  }
  return error;
}

Result<double> parse_quantity(const Dimension& dimension, std::string_view written) {
  const std::string_view text = trim(written);
  std::string_view digits = text;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  double value = 0.0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = fast_float::from_chars(digits.data(), end, value);
  if (error != std::errc()) {
    return Error{ErrorCode::kWrongType,
                 fmt::format("expected {} such as '{}{}', got '{}'", dimension.name, 5,
                             dimension.units.front().name, text),
                 {},
                 {}};
  }
  const std::string_view number(text.data(), static_cast<std::size_t>(stop - text.data()));
  const std::string_view unit = trim({stop, static_cast<std::size_t>(end - stop)});
  const Unit* known = unit.empty() ? &dimension.units.front() : find_unit(dimension, unit);
  if (known == nullptr) return wrong_unit(dimension, text, number, unit);
  value *= known->factor;
  if (!std::isfinite(value)) {
    return Error{
        ErrorCode::kOutOfRange, fmt::format("must be a finite number, got '{}'", text), {}, {}};
  }
  return value;
}

}  // namespace

Result<Seconds> parse_duration(std::string_view text) {
  Result<double> seconds = parse_quantity(kDuration, text);
  if (!seconds) return std::move(seconds).errors();
  return Seconds(*seconds);
}

Result<double> parse_size(std::string_view text) { return parse_quantity(kSize, text); }

Result<double> parse_rate(std::string_view text) { return parse_quantity(kRate, text); }

}  // namespace berth
