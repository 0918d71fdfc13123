#pragma once
// What a running plan should do under a demand, beside what is measured, and the factors learned
// from the difference. docs/operations.md.

#include <string>
#include <vector>

#include "berth/control/history.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"
#include "berth/telemetry/latency.h"

namespace berth {

struct PredictedClass {
  std::string name;
  double ttft_s = 0.0;   ///< at the class's percentile, by share of its routes
  double tpot_s = 0.0;   ///< likewise
  double running = 0.0;  ///< requests in the slots of all replicas, mean
};

struct PredictedDeployment {
  std::string name;
  std::string object;        ///< of the cluster
  double utilization = 0.0;  ///< share of its slots that are busy, mean
  double ttft_s = 0.0;       ///< worst over its routes
  double tpot_s = 0.0;
  double ttft_mean_s = 0.0;  ///< over its requests, each at its class's percentile
  double tpot_mean_s = 0.0;
  double running = 0.0;  ///< requests in the slots of all replicas, mean
  double slots = 0.0;    ///< of all replicas
};

struct PredictedRoute {
  std::size_t query_class = 0;  ///< of RunningPrediction::classes
  std::size_t deployment = 0;   ///< of RunningPrediction::deployments
  double share = 0.0;           ///< of the class
};

struct RunningPrediction {
  std::vector<PredictedClass> classes;           ///< of the fleet
  std::vector<PredictedDeployment> deployments;  ///< of the plan
  std::vector<PredictedRoute> routes;
};

/// At the fleet's demand as it stands, without headroom. Routes that the delay model rejects are
/// left out. Errors: those of resolve_plan.
[[nodiscard]] Result<RunningPrediction> predict_running(const Fleet& fleet, const Plan& plan);

struct LearningOptions {
  double weight = 0.2;         ///< of a new window in the mean
  double least_count = 50.0;   ///< requests in a window that teach anything
  double least_share = 0.5;    ///< of a class, on deployments that are measured: else its own
                               ///< series teach
  double least_factor = 0.25;  ///< what is learned stays within these
  double most_factor = 4.0;
  double band =
      0.1;  ///< a factor nearer to 1, or a margin nearer to the one in force, changes nothing
  double step = 0.05;  ///< margins are rounded to the careful side by this, so that plans do not
                       ///< follow noise
  double most_margin = 2.0;  ///< demand is planned for at most so many times, TPOT's limit cut to
                             ///< at most 1 over it
};

/// Measured over predicted, smoothed into `before`: "tpot" at the class's percentile, "load" of the
/// requests that run. By class and quantity. Where `deployments` (by PredictedDeployment::object)
/// tell it, a class's factor is the mean of those that serve it, by its shares; else that of the
/// class's own series.
[[nodiscard]] std::vector<StoredCalibration> learned(
    std::vector<StoredCalibration> before, const LatencyReading& measured,
    const RunningPrediction& predicted, const Fleet& fleet,
    const std::vector<ClassLatency>& deployments = {}, const LearningOptions& options = {});

/// The margins that the factors ask for: only to the careful side, bounded. A class whose margins
/// in `running` (may be null) are within the band of that keeps those.
void apply_calibrations(const std::vector<StoredCalibration>& calibrations, Fleet& fleet,
                        const Plan* running = nullptr, const LearningOptions& options = {});

}  // namespace berth
