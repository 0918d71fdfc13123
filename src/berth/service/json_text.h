#pragma once
// Private to this room: JSON put together from parts that are JSON already, without reading them
// again.

#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/plan/document_text.h"

namespace berth {

/// Seconds since 1970 as "2026-11-29T18:05:00Z".
[[nodiscard]] std::string json_time(double seconds);

template <class T>
[[nodiscard]] std::string json_or_null(const std::optional<T>& value) {
  return value ? fmt::format("{}", *value) : "null";
}

[[nodiscard]] inline const char* json_bool(bool value) { return value ? "true" : "false"; }

}  // namespace berth
