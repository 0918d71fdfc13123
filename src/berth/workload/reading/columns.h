#pragma once
// Which column of a file plays which role: the header against a format and the user's --map.

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/workload/formats/format.h"

namespace berth {

inline constexpr std::size_t kTraceRoles = 6;

/// Position in the header per role; absent where the file has no such column.
class RoleColumns {
 public:
  [[nodiscard]] std::optional<std::size_t> find(TraceRole role) const {
    return positions_[static_cast<std::size_t>(role)];
  }
  void set(TraceRole role, std::size_t position) {
    positions_[static_cast<std::size_t>(role)] = position;
  }

 private:
  std::array<std::optional<std::size_t>, kTraceRoles> positions_;
};

struct TraceLayout {
  const TraceFormat* format = nullptr;
  RoleColumns columns;
};

/// `header`: column names or JSON keys as written; `where`: "trace.csv:1". Errors (all at once):
/// kUnsupported (no known format: what the header had, what is known), kMissing (a mapped or
/// required column), kInconsistent (two candidates for a role), kDuplicate.
[[nodiscard]] Result<TraceLayout> lay_out(TraceSyntax syntax, std::span<const std::string> header,
                                          const ColumnMap& map, const std::string& where);

}  // namespace berth
