#pragma once
// A rolling horizon: window after window of measured demand, policies that plan for it or do not,
// what each costs and which promises it breaks. docs/replay.md, berth.replay/1.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/replay/demand_windows.h"
#include "berth/replay/forecast.h"

namespace berth {

struct ReplayRequest {
  std::vector<std::string> policies;  ///< of replay_policies()
  ForecastKind forecast = ForecastKind::kKnown;
  Limits limits;  ///< of each plan; `stop` ends the replay
  std::uint64_t seed = 1;
  std::optional<int> max_changes;  ///< a window
  int threads = 0;                 ///< policies side by side; 0 = all cores
  /// Windows of that policy that are done; from any thread, one call at a time. May be empty.
  std::function<void(std::size_t policy, std::size_t done)> on_progress = {};
};

/// One policy in one window.
struct ReplayWindow {
  double cost = 0.0;       ///< USD of the window, its changes included
  double switching = 0.0;  ///< USD, part of it
  int gpus = 0;            ///< rented at its end
  int replicas = 0;
  int started = 0;
  int stopped = 0;
  int broken = 0;            ///< classes with a broken promise
  double unmet_share = 0.0;  ///< of the requests
  double late_share = 0.0;
  double planning_s = 0.0;
  bool failed = false;  ///< no plan was found: what ran goes on
};

struct ReplayedPolicy {
  std::string name;
  std::vector<ReplayWindow> windows;
};

struct ReplayResult {
  std::string fleet;
  std::string series;
  double window_s = 0.0;
  double start_s = 0.0;
  std::size_t classes = 0;
  std::size_t missing = 0;  ///< (window, class) pairs without a measurement
  ForecastKind forecast = ForecastKind::kKnown;
  std::vector<double> demand;  ///< requests/s, by window
  double wall_s = 0.0;
  std::vector<ReplayedPolicy> policies;
};

/// What the windows of a policy come to.
struct ReplaySummary {
  double cost = 0.0;  ///< USD in all
  double switching = 0.0;
  double violation_rate = 0.0;  ///< of (window, class) pairs
  double unmet_share = 0.0;     ///< of all requests
  double late_share = 0.0;
  long long changes = 0;  ///< replicas started and stopped
  double planning_mean_s = 0.0;
  double planning_max_s = 0.0;
  std::size_t failed = 0;  ///< windows
};
[[nodiscard]] ReplaySummary summarise(const ReplayedPolicy& policy, const ReplayResult& result);

/// `fleet` has the classes of the windows, in any order, and may have no others. In each window a
/// policy decides from the forecast; then the demand that came is routed over its replicas at least
/// cost. Replicas that start serve after their start-up: until then what ran before does. With the
/// demand known beforehand they are started so much earlier. Errors: those of the first plan of a
/// policy; kUnknownName for policies and for classes that do not fit; kLimitReached when stopped.
[[nodiscard]] Result<ReplayResult> run_replay(const Fleet& fleet, const DemandWindows& windows,
                                              const ReplayRequest& request);

}  // namespace berth
