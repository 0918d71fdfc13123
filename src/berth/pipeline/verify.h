#pragma once
// A plan, replayed request by request, and made again with margins for the classes that missed
// their percentile, until every class holds. docs/simulation.md, "Verified plans".

#include <functional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/evaluate/simulation/simulate.h"
#include "berth/pipeline/pipeline.h"

namespace berth {

/// One plan and what its replay found.
struct VerifyRound {
  CostRate cost;
  std::size_t holding = 0;   ///< classes that hold at 95 % confidence
  std::string worst;         ///< the class furthest from its percentile; empty if all hold
  double worst_share = 1.0;  ///< of its requests within its worst limit
  double worst_half = 0.0;   ///< of the interval around it
};

struct VerifyRequest {
  PlanRequest plan;
  SimulationOptions simulation;
  ArrivalsOf arrivals;
  int replications = 1;
  int rounds = 20;  ///< plans at most
  /// After each plan's replay: its number from 1, what was found, how many classes there are. May
  /// be empty.
  std::function<void(int number, const VerifyRound& round, std::size_t classes)> on_round = {};
};

struct VerifiedPlan {
  PlanOutcome outcome;
  SimulationReport simulation;
  std::vector<VerifyRound> rounds;
  bool holds = false;
  std::string why_not;  ///< which limit keeps it from holding
};

/// The cheapest plan found that holds, else the last one. Errors: those of make_plan for the fleet
/// as it is, and of simulate.
[[nodiscard]] Result<VerifiedPlan> make_verified_plan(const Fleet& fleet,
                                                      const VerifyRequest& request);

}  // namespace berth
