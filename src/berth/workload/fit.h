#pragma once
// Traces -> query classes and a demand series. docs/workload.md, "Fit".

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/workload/demand_series.h"
#include "berth/workload/query_class.h"
#include "berth/workload/trace.h"

namespace berth {

struct TraceSource {
  std::string name;  ///< becomes ClassRule::source
  std::filesystem::path path;
};

/// "NAME=FILE", or "FILE" with the file's stem as its name (without .gz/.zst). A file whose own
/// name holds '=' is taken as it is when it exists.
[[nodiscard]] TraceSource parse_trace_source(std::string_view argument);

inline constexpr int kMaxFittedClasses = 256;

struct FitOptions {
  /// Absent: a class per file (and per value of its class column). Present: this many classes over
  /// all files, cut by prompt and output length.
  std::optional<int> classes;
  TraceOptions trace;
  double window_s = 600.0;  ///< of the demand series
};

/// From `--map` entries and `--classes`. Errors: kUsage, kOutOfRange.
[[nodiscard]] Result<FitOptions> fit_options(std::span<const std::string> map,
                                             std::optional<int> classes);

/// What one file held.
struct FittedSource {
  TraceSource source;
  std::string format;
  std::string compression;
  TraceCounts counts;
  double duration_s = 0.0;  ///< first to last request
};

struct Fit {
  Workload workload;
  DemandSeries series;
  std::vector<FittedSource> sources;
  /// Share of the variance of the token lengths that is left inside the classes, 0..1 (mean of
  /// prompt and output). docs/workload.md eq. (3).
  double spread = 0.0;
};

/// Errors: all errors of all files; kOutOfRange (fewer classes than files), kInconsistent (all
/// requests at one time, so that no rate can be told), kDuplicate (two sources of one name).
[[nodiscard]] Result<Fit> fit_traces(std::span<const TraceSource> sources,
                                     const FitOptions& options);

/// The workload alone, from `[NAME=]FILE` arguments.
[[nodiscard]] Result<Workload> fit_workload(std::span<const std::string> arguments,
                                            const FitOptions& options);

}  // namespace berth
