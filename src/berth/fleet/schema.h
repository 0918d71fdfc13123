#pragma once
// The JSON Schema of a fleet file, for editors and CI (`berth schema fleet`).

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

/// data/schema/fleet.schema.json, draft 2020-12.
[[nodiscard]] std::string_view fleet_schema();

/// The keys the reader asks for, by section ("fleet", "class", "slo", ...), sorted. Found by
/// reading a file that has every section, so it cannot differ from what is read; a test holds the
/// schema against it.
[[nodiscard]] std::map<std::string, std::vector<std::string>> fleet_keys();

}  // namespace berth
