#pragma once
// Private to this room: JSON put together from parts that are JSON already, without reading them
// again.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "berth/core/text.h"
#include "berth/plan/document_text.h"

namespace berth {

/// Seconds since 1970 as "2026-11-29T18:05:00Z".
[[nodiscard]] std::string json_time(double seconds);

/// Also of what JSON has no number for.
[[nodiscard]] std::string json_or_null(const std::optional<double>& value);
[[nodiscard]] std::string json_or_null(const std::optional<std::int64_t>& value);

[[nodiscard]] inline const char* json_bool(bool value) { return value ? "true" : "false"; }

}  // namespace berth
