#include "berth/telemetry/warning.h"

namespace berth {

std::string_view to_string(TelemetryWarning::Kind kind) {
  switch (kind) {
    case TelemetryWarning::Kind::kMissingMetric: return "missing_metric";
    case TelemetryWarning::Kind::kMissingWindows: return "missing_windows";
    case TelemetryWarning::Kind::kPartialWindows: return "partial_windows";
    case TelemetryWarning::Kind::kNotANumber: return "not_a_number";
    case TelemetryWarning::Kind::kStale: return "stale";
    case TelemetryWarning::Kind::kSaturated: return "saturated";
    case TelemetryWarning::Kind::kUnmatched: return "unmatched";
    case TelemetryWarning::Kind::kContradiction: return "contradiction";
    case TelemetryWarning::Kind::kOpenBucket: return "open_bucket";
    case TelemetryWarning::Kind::kDefaulted: return "defaulted";
    case TelemetryWarning::Kind::kRenamed: return "renamed";
  }
  return "unknown";
}

std::string to_string(const TelemetryWarning& warning) {
  return warning.query_class.empty() ? warning.message
                                     : warning.query_class + ": " + warning.message;
}

}  // namespace berth
