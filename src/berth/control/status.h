#pragma once
// Where a control loop stands, for whoever asks: metrics, health, KEDA. Safe for several threads.

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "berth/control/history.h"
#include "berth/control/prediction.h"
#include "berth/plan/plan.h"
#include "berth/telemetry/latency.h"

namespace berth {

struct WatchSnapshot {
  double interval_s = 0.0;
  double solve_limit_s = 0.0;               ///< of each plan; infinite: none
  std::optional<double> last_look_s;        ///< since 1970
  std::optional<double> last_step_s;        ///< a start, a look, a solve or an apply has ended
  std::optional<double> newest_sample_s;    ///< of the demand
  std::optional<std::string> frozen;        ///< why
  std::string last_decision;                ///< a sentence
  std::map<std::string, double> decisions;  ///< since the start, by kind
  double failed_looks = 0.0;                ///< in a row, up to now: no plan was found
  std::optional<Plan> plan;                 ///< the one in force or on its way
  double plan_at_s = 0.0;
  std::optional<Plan> state;           ///< what was applied last
  std::optional<StoredStage> pending;  ///< without its state
  double apply_errors = 0.0;
  double solve_seconds = 0.0;                          ///< of the last plan
  std::vector<std::pair<std::string, double>> demand;  ///< requests/s by class
  std::vector<std::pair<std::string, bool>> measured;  ///< by class: found in the last look
  std::optional<RunningPrediction> predicted;
  std::vector<ClassLatency> observed;
  std::vector<ClassLatency> observed_deployments;  ///< by PredictedDeployment::object
  std::vector<StoredCalibration> calibrations;
};

/// Counts it, and what it says of the data and of the search for a plan.
void note_decision(WatchSnapshot& snapshot, const Decision& decision);

class WatchStatus {
 public:
  [[nodiscard]] WatchSnapshot get() const {
    const std::lock_guard lock(mutex_);
    return snapshot_;
  }
  template <class Change>
  void update(const Change& change) {
    const std::lock_guard lock(mutex_);
    change(snapshot_);
  }

 private:
  mutable std::mutex mutex_;
  WatchSnapshot snapshot_;
};

/// OpenMetrics text. `name_space` is the label of the cluster's namespace; `now_s` since 1970.
[[nodiscard]] std::string metrics_text(const WatchSnapshot& snapshot, const std::string& name_space,
                                       double now_s);

/// Replicas that a deployment should have, by the name of its object or of the plan; absent: no
/// such deployment, now or in the plan that is on its way.
[[nodiscard]] std::optional<int> desired_replicas(const WatchSnapshot& snapshot,
                                                  const std::string& deployment);

/// How long a step may take at most: three intervals, or an interval, a plan's time limit and a
/// minute where that is more.
[[nodiscard]] double step_limit_s(const WatchSnapshot& snapshot);

/// A step has ended within that time. Nothing is wrong before the start.
[[nodiscard]] bool is_alive(const WatchSnapshot& snapshot, double now_s);

}  // namespace berth
