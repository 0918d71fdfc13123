#pragma once
// berth.instance/1 in and out. Reading streams straight into columns (SAX); O(file).

#include <filesystem>
#include <string>

#include "berth/instance/instance.h"

namespace berth {

/// Errors with "name: /json/pointer": kSyntax (with byte offset and line), kMissing, kWrongType,
/// kUnknownKey (suggestion), kOutOfRange, kInconsistent (column lengths), kUnsupported (format).
[[nodiscard]] Result<Instance> parse_instance(const std::string& name, std::string_view json);
[[nodiscard]] Result<Instance> read_instance(const std::filesystem::path& path);

/// Shortest round-trip numbers; writing what was read gives the same instance. Deterministic.
[[nodiscard]] std::string to_json(const Instance& instance);

}  // namespace berth
