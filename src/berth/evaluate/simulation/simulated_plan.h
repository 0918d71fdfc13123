#pragma once
// A plan as the simulator runs it: what each deployment takes for its passes, and who goes where.

#include <cstdint>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/evaluate/simulation/recorder.h"
#include "berth/evaluate/simulation/step_model.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"

namespace berth {

struct SimulatedDeployment {
  std::string name;
  std::string pool;
  int replicas = 1;
  StepModel steps;
};

struct SimulatedClass {
  std::string name;
  LatencyLimits limits;
  double percentile = 0.95;
  double prefix_reuse = 0.0;
  double rate = 0.0;   ///< requests/s, as planned
  double unmet = 0.0;  ///< share that is refused
};

struct SimulatedRoute {
  std::uint32_t query_class = 0;
  std::uint32_t deployment = 0;
  double share = 0.0;  ///< of the class's requests
};

struct SimulatedPlan {
  std::vector<SimulatedDeployment> deployments;
  std::vector<SimulatedClass> classes;  ///< in the order of the fleet
  std::vector<SimulatedRoute> routes;   ///< grouped by class
};

/// Errors: those of resolve_plan (names that the fleet does not have, ...).
[[nodiscard]] Result<SimulatedPlan> simulated_plan(const Fleet& fleet, const Plan& plan);

}  // namespace berth
