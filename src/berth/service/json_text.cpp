#include "berth/service/json_text.h"

#include <cmath>

#include <fmt/format.h>

#include "berth/telemetry/time_text.h"

namespace berth {

std::string json_time(double seconds) { return json_string(iso_time(seconds)); }

std::string json_or_null(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? fmt::format("{}", *value) : "null";
}

std::string json_or_null(const std::optional<std::int64_t>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

}  // namespace berth
