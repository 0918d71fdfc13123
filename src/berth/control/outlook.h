#pragma once
// From measured windows to the demand a plan is made for, and whether the measurements can be
// trusted. docs/operations.md.

#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/fleet/fleet.h"
#include "berth/replay/demand_windows.h"
#include "berth/replay/forecast.h"
#include "berth/telemetry/demand.h"

namespace berth {

struct OutlookOptions {
  ForecastKind forecast = ForecastKind::kTrend;  ///< REQUIRES: not kKnown
  /// Windows until what is decided now serves, from the last measured one on: a trend looks so far.
  double ahead = 1.0;
  /// What runs is not made smaller than the busiest of so many windows asks for.
  std::size_t recent = 6;
  Seconds stale_after{600.0};    ///< since the newest sample
  std::size_t most_missing = 3;  ///< windows in a row without a measurement of a class
};

/// Demand by class of the fleet.
struct Outlook {
  std::vector<WindowDemand> measured;  ///< of the last window, or the last one that was measured
  std::vector<WindowDemand> next;      ///< forecast of the next window
  std::vector<WindowDemand> busiest;   ///< by tokens: of the recent windows and the forecast
  std::vector<bool> from_metrics;      ///< else the fleet's own demand
  std::vector<std::string> notes;      ///< what was taken from elsewhere
};

/// Why nothing should be decided on these data; absent: nothing speaks against them. `now_s` since
/// 1970. `planned_on`: the demand_json of the last plan, or empty; a class that was measured then
/// and is not now has lost its metrics.
[[nodiscard]] std::optional<std::string> reason_to_freeze(const DemandReading& reading,
                                                          const Fleet& fleet,
                                                          const OutlookOptions& options,
                                                          double now_s,
                                                          const std::string& planned_on = "");

/// Classes that were never measured keep the fleet's own demand, with a note. Errors: kMissing (no
/// class of the fleet was measured), those of DemandWindows.
[[nodiscard]] Result<Outlook> make_outlook(const DemandReading& reading, const Fleet& fleet,
                                           const OutlookOptions& options);

/// Whether any window of a class was measured.
[[nodiscard]] bool has_demand(const DemandReading& reading, const std::string& query_class);

/// A copy of the fleet with that demand.
[[nodiscard]] Fleet with_demand(const Fleet& fleet, const std::vector<WindowDemand>& demand);

/// {"classes":[{"name","rate","prompt_mean","output_mean","cv2"},...]}: what was decided on.
[[nodiscard]] std::string demand_json(const Fleet& fleet, const Outlook& outlook);

}  // namespace berth
