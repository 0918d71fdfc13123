#pragma once
// The control loop: every interval it reads the demand, plans beside what runs, checks, and takes
// the cluster there stage by stage. docs/operations.md.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "berth/control/applier.h"
#include "berth/control/clock.h"
#include "berth/control/history.h"
#include "berth/control/outlook.h"
#include "berth/control/prediction.h"
#include "berth/control/status.h"
#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/telemetry/demand.h"
#include "berth/telemetry/latency.h"

namespace berth {

/// What the loop reads.
class TelemetrySource {
 public:
  TelemetrySource() = default;
  TelemetrySource(const TelemetrySource&) = delete;
  TelemetrySource& operator=(const TelemetrySource&) = delete;
  virtual ~TelemetrySource() = default;
  virtual Result<DemandReading> demand(double start_s, double end_s, double step_s) = 0;
  virtual Result<LatencyReading> latency(double start_s, double end_s) = 0;
  /// By deployment, whose objects have these names.
  virtual Result<LatencyReading> deployment_latency(std::span<const std::string> objects,
                                                    double start_s, double end_s) = 0;
};

struct WatchOptions {
  std::string method = "agh";
  Seconds interval{300.0};
  Seconds lookback{3600.0};  ///< demand read at each look; a day and more for a seasonal forecast
  OutlookOptions outlook;
  std::optional<int> max_changes;  ///< replicas started and stopped by a plan
  /// Demand may leave what was planned for by this share of it before replicas change: as much of
  /// the headroom must be left, and as much must be saved. Absent: half the headroom.
  std::optional<double> tolerance;
  Seconds settle{0.0};      ///< beyond the expected start-up, before routes move
  Seconds patience{900.0};  ///< for replicas that are not ready, beyond that; for a stage that
                            ///< cannot be applied, from its first try on
  Seconds retry{15.0};      ///< between looks at a stage that is not ready, or failed to apply
  bool calibrate = true;    ///< learn margins from measured latency
  Seconds keep_history{30.0 * 86'400.0};
  Limits limits;  ///< of each plan
  std::uint64_t seed = 1;
  const StopFlag* stop = nullptr;
  /// A line about what was decided or done. May be empty.
  std::function<void(const std::string&)> on_event = {};
};

/// Not for several threads at once; `status` may be read by others.
class Watch {
 public:
  /// All must outlive it. REQUIRES: the fleet's switching hysteresis is set as wished.
  Watch(const Fleet& fleet, const WatchOptions& options, TelemetrySource& source, Applier& applier,
        History& history, Clock& clock, WatchStatus& status);

  /// Until stopped, or until the clock's time ends. Begins where the history ends: what was begun
  /// is completed, nothing is done twice. Errors: those of the history alone; all others are
  /// decisions.
  Status run();

 private:
  Status look(double now_s);
  Status advance(double now_s);
  Status recall();
  [[nodiscard]] Result<double> next_look(double now_s);

  Status decide(double now_s, const DemandReading& reading);
  Status decide_beside(double now_s, const Plan* running, const Outlook& outlook);
  /// What runs, and the same without classes that the fleet no longer has. Null: nothing runs.
  struct Running {
    const Plan* plan = nullptr;
    const Plan* known = nullptr;
  };
  Status plan_anew(double now_s, const Fleet& wanted, const Running& running,
                   const Outlook& outlook, std::string reason);
  Status drop_idle(double now_s, const Plan& running, const Plan& known, const Outlook& outlook,
                   const std::vector<std::string>& gone);
  Status save_if_worth(double now_s, const Fleet& wanted, const Plan& running,
                       const Outlook& outlook);
  /// `needed`: what runs does not carry the demand, so that a way that loses a little is taken too.
  Status take(double now_s, const Plan* running, Plan plan, const Outlook& outlook,
              std::string reason, bool needed);
  Status conclude(Decision decision);
  Status abandon(double now_s, const StoredStage& stage);
  Status give_up(double now_s, const StoredStage& stage, const Errors& why);
  Status record_abandoned(double now_s, const Plan& before, const std::vector<MigrationStage>& back,
                          const std::string& reason);
  Status apply(double now_s, StoredStage& stage);
  /// What is measured, and, where `warm`, what it teaches.
  void observe(double now_s, const Outlook& outlook, bool warm);
  [[nodiscard]] std::pair<LatencyReading, LatencyReading> read_latencies(
      double now_s, const RunningPrediction& predicted);
  /// Applies the state in force again: files that were lost, other settings.
  Status repair(double now_s);
  [[nodiscard]] bool stopped() const {
    return options_.stop != nullptr && options_.stop->stop_requested();
  }
  [[nodiscard]] Result<Plan> plan(const Fleet& fleet, const Plan* running);
  [[nodiscard]] double wait_of(const MigrationStage& stage, const Plan& before) const;
  [[nodiscard]] double longest_change(const Plan* running) const;
  [[nodiscard]] double tolerance() const;
  void say(double now_s, const std::string& text) const;
  /// A step has ended: the loop lives.
  void ended_step() {
    status_.update([at_s = clock_.now_s()](WatchSnapshot& s) { s.last_step_s = at_s; });
  }
  /// The first error, and how many more there are.
  [[nodiscard]] static std::string sentence_of(const Errors& errors);

  const Fleet& fleet_;
  const WatchOptions& options_;
  TelemetrySource& source_;
  Applier& applier_;
  History& history_;
  Clock& clock_;
  WatchStatus& status_;
  std::vector<StoredCalibration> calibrations_;
  std::optional<double> next_step_s_;  // of the stage that is on its way
  std::vector<std::string> last_notes_;
  bool blind_ = false;                 // no latency could be read the last time
  std::optional<bool> by_deployment_;  // whether it was told by deployment
};

}  // namespace berth
