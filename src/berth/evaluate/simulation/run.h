#pragma once
// One replication: where requests go, what fails, what comes back. Part of simulate().

#include <cstdint>
#include <vector>

#include "berth/core/random.h"
#include "berth/evaluate/simulation/arrivals.h"
#include "berth/evaluate/simulation/replica.h"
#include "berth/evaluate/simulation/router.h"
#include "berth/evaluate/simulation/simulate.h"

namespace berth {

/// A deployment while it runs.
struct RunningDeployment {
  std::vector<RouteRecorder> routes;
  OccupancyTimeline timeline;
  std::vector<Replica> replicas;
  std::vector<double> down_until;  ///< by replica; 0 = up
  std::uint32_t turn = 0;
};

/// Replicas that come back.
struct Recovery {
  double at = 0.0;
  std::uint32_t deployment = 0;
  std::uint32_t replica = 0;
};

/// One replication.
class Run {
 public:
  Run(const SimulatedPlan& plan, const SimulationOptions& options, std::uint64_t seed);

  Status replay(Arrivals& arrivals);
  [[nodiscard]] const SimulatedPlan& plan() const { return plan_; }

  // What it has seen, by class and by deployment.
  std::vector<RequestCounts> classes;  ///< arrived and dropped
  std::vector<std::uint64_t> refused;  ///< of those dropped, by the plan
  std::vector<RunningDeployment> deployments;
  std::vector<std::uint32_t> local;  ///< by route of the plan: index among its deployment's routes
  std::vector<std::vector<std::uint32_t>> global;  ///< and back
  std::uint64_t unassigned = 0;
  double measured_s = 0.0;

 private:
  void pass_arrival(const Arrival& arrival);
  void send(const SimulatedRequest& request, std::uint32_t query_class, double now);
  std::uint32_t pick_replica(RunningDeployment& deployment, double now, std::uint64_t prefix);
  std::uint32_t least_loaded(RunningDeployment& deployment, double now);
  void handle_events(double now);
  void fail(const Failure& failure);
  void take_down(std::uint32_t d, std::uint32_t r, double until);
  void recover(double now);
  void drain(double last);

  const SimulatedPlan& plan_;
  const SimulationOptions& options_;
  Random random_;
  RouteChooser chooser_;
  std::vector<std::uint32_t> up_;  ///< by deployment
  std::vector<Failure> failures_;  ///< by time
  std::size_t next_failure_ = 0;
  std::vector<Recovery> recoveries_;  ///< the next one last
  std::vector<SimulatedRequest> homeless_;
};

}  // namespace berth
