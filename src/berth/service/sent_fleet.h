#pragma once
// A fleet as a client sent it: text that may not name files of this machine.

#include <string>
#include <string_view>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"

namespace berth {

/// Errors (all): those of parse_fleet; kUnsupported where it names a file. `where` is
/// "line 12: /classes/0", not a file.
[[nodiscard]] Result<Fleet> parse_sent_fleet(const std::string& name, std::string_view text);

/// The answer of /v1/fleets/check: what is wrong, or what was understood.
[[nodiscard]] std::string checked_fleet_json(std::string_view text);

/// "body:12: /x" as "line 12: /x"; what a reader of a document named `name` says of it.
[[nodiscard]] Errors placed_by_line(Errors errors, std::string_view name);

}  // namespace berth
