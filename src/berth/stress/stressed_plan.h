#pragma once
// A plan whose replicas stay while the world changes: each scenario is routed anew, at least cost,
// by a linear program. docs/stress.md.

#include <cstdint>
#include <memory>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"
#include "berth/stress/scenario.h"

namespace berth {

/// Which promise to a class a scenario breaks, and how much of it.
struct BrokenPromises {
  bool latency = false;      ///< more requests than the percentile allows are served late
  bool error = false;        ///< a model's answers are worse than the class accepts
  bool unmet = false;        ///< more is refused than may be
  double late_share = 0.0;   ///< of its requests: served beyond their SLO
  double unmet_share = 0.0;  ///< of its requests

  [[nodiscard]] bool any() const { return latency || error || unmet; }
};

struct ScenarioOutcome {
  double cost = 0.0;         ///< USD/h: the plan's boxes, delays, what is refused or late
  double unmet_share = 0.0;  ///< of all requests
  double late_share = 0.0;   ///< of all requests: served beyond their SLO
  std::vector<BrokenPromises> classes;
};

class StressedPlan {
 public:
  /// `fleet` must outlive it. Errors: those of resolve_plan.
  static Result<StressedPlan> make(const Fleet& fleet, const Plan& plan);
  StressedPlan(StressedPlan&&) noexcept;
  StressedPlan& operator=(StressedPlan&&) noexcept;
  ~StressedPlan();

  /// Several threads may ask at once. O(classes x deployments) pairs and one small linear program.
  /// Errors: kInternal (the program's arithmetic fails).
  [[nodiscard]] Result<ScenarioOutcome> outcome(const Scenario& scenario) const;

 private:
  struct Impl;
  explicit StressedPlan(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
