#pragma once
// Window counts of fitted classes -> a demand series.

#include <span>
#include <string>

#include "berth/core/result.h"
#include "berth/workload/demand_series.h"
#include "berth/workload/fitting/class_statistics.h"

namespace berth {

/// A class and the part of the clock its trace covers.
struct CoveredClass {
  std::string name;
  const ClassStatistics* statistics;
  double start_s;
  double end_s;
};

/// A row per class and window that its trace covers at least half of (or the best covered one if
/// there is none): rate over the covered part, 0 where no request came. Errors: kOutOfRange when
/// the traces span absurdly many windows.
[[nodiscard]] Result<DemandSeries> build_series(std::span<const CoveredClass> classes,
                                                double window_s);

}  // namespace berth
