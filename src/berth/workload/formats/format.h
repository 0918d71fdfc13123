#pragma once
// One trace format = one TraceFormat value in its own file; the table below knows them all.
// To add a format: write formats/<name>.{h,cpp} and add it to all_trace_formats().

#include <array>
#include <span>
#include <string>
#include <string_view>

#include "berth/workload/trace.h"

namespace berth {

enum class TraceSyntax : std::uint8_t { kCsv, kJsonLines };

/// A column name the format uses for a role, in lower case (names are compared without case).
struct ColumnName {
  TraceRole role;
  std::string_view name;
};

struct TraceFormat {
  std::string_view name;
  TraceSyntax syntax;
  std::string_view shape;  ///< header or keys, as shown in messages
  std::span<const ColumnName> columns;
  /// Column names that all must be there for the format to be this one; empty: the generic format,
  /// which takes any file whose columns can be told by name or by --map.
  std::span<const std::string_view> signature;
  TimestampUnit unit = TimestampUnit::kAuto;
  bool zero_output_failed = false;  ///< a request without output tokens failed
};

/// Most specific first; the generic ones last.
[[nodiscard]] std::span<const TraceFormat* const> all_trace_formats();

/// The format of a file with these column names (lower case); the last resort is the generic one.
[[nodiscard]] const TraceFormat& recognise(TraceSyntax syntax, std::span<const std::string> names);

}  // namespace berth
