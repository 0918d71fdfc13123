#pragma once
// What the studies over time have in common: policies replayed, rows and charts of them.

#include <string>

#include "berth/experiment/experiment.h"
#include "berth/fleet/fleet.h"
#include "berth/replay/replay.h"

namespace berth {

/// One series against one fleet, the demand known and forecast.
struct HorizonCase {
  std::string name;  ///< "mean-reverting"
  Fleet fleet;
  DemandWindows windows;
};

/// Replays the policies on every case with each forecast; fills rows, charts and answer of
/// `experiment`.
[[nodiscard]] Status add_horizons(const ExperimentRequest& request,
                                  const std::vector<HorizonCase>& cases, Experiment& experiment);

}  // namespace berth
