#pragma once
// Puts requests that are slightly out of order into order, within a bounded window.

#include <memory>
#include <string>

#include "berth/workload/trace.h"

namespace berth {

/// REQUIRES: options.sort_window > 0.
[[nodiscard]] std::unique_ptr<TraceReader> sort_rows(std::unique_ptr<TraceReader> reader,
                                                     const TraceOptions& options, std::string name);

}  // namespace berth
