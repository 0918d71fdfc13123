#pragma once
// What a reading of telemetry could not take at its word.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace berth {

struct TelemetryWarning {
  enum class Kind : std::uint8_t {
    kMissingMetric,   ///< no series of a role: which, and under which names it was looked for
    kMissingWindows,  ///< windows without a measurement; never taken as zero
    kPartialWindows,  ///< windows that samples cover in part, scaled up to the whole
    kNotANumber,      ///< samples that are NaN; their windows are not measured
    kStale,           ///< the newest sample is old
    kSaturated,       ///< completions fall behind arrivals; what waits was added
    kUnmatched,       ///< requests whose labels belong to no class
    kContradiction,   ///< counters that should agree and do not
    kOpenBucket,      ///< values beyond the last bucket
    kDefaulted,       ///< what is not measured and was assumed
    kRenamed,         ///< a label's value that cannot be a class's name
  };
  Kind kind = Kind::kMissingMetric;
  std::string query_class;  ///< empty = of the whole reading
  std::string message;
};

/// Stable names: "missing_metric", "stale", ...
[[nodiscard]] std::string_view to_string(TelemetryWarning::Kind kind);

/// "class: message" or the message alone.
[[nodiscard]] std::string to_string(const TelemetryWarning& warning);

using TelemetryWarnings = std::vector<TelemetryWarning>;

}  // namespace berth
