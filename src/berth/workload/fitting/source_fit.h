#pragma once
// The two passes over one trace.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/workload/fit.h"
#include "berth/workload/fitting/class_statistics.h"
#include "berth/workload/fitting/length_grid.h"

namespace berth {

/// A trace whose first block has been read, so that its start on the clock is known.
struct StartedTrace {
  std::unique_ptr<TraceReader> reader;
  TraceBlock first;
};
[[nodiscard]] Result<StartedTrace> start_trace(const TraceSource& source,
                                               const TraceOptions& options);

/// Pass 1 of a split: requests by length.
[[nodiscard]] Result<LengthGrid> count_lengths(const TraceSource& source,
                                               const TraceOptions& options);

/// What one trace taught.
struct SourceFit {
  FittedSource summary;
  std::vector<ClassStatistics> classes;  // per label, or per rectangle
  std::vector<std::string> labels;       // of the class column; empty without one
};

/// The statistics per class: by `rectangles` if given (then labels do not matter), else by label.
[[nodiscard]] Result<SourceFit> fit_source(const TraceSource& source, StartedTrace trace,
                                           double shift_s, double window_s,
                                           const std::vector<LengthRectangle>& rectangles);

}  // namespace berth
