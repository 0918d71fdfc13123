#include "berth/telemetry/time_text.h"

#include <chrono>
#include <cmath>

#include <fmt/format.h>

namespace berth {

std::string iso_time(double seconds_since_1970) {
  using namespace std::chrono;
  const sys_seconds time{seconds{std::llround(seconds_since_1970)}};
  const sys_days day = floor<days>(time);
  const year_month_day date{day};
  const auto within = (time - day).count();
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     within / 3600, within / 60 % 60, within % 60);
}

std::string time_span_text(double seconds) {
  struct Unit {
    double seconds;
    const char* name;
  };
  constexpr Unit kUnits[] = {{86400.0, "d"}, {3600.0, "h"}, {60.0, "min"}};
  for (const Unit& unit : kUnits) {
    if (seconds >= 2.0 * unit.seconds)
      return fmt::format("{:.3g} {}", seconds / unit.seconds, unit.name);
  }
  return fmt::format("{:.3g} s", seconds);
}

}  // namespace berth
