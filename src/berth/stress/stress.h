#pragma once
// Plans under scenarios that they were not made for: what they cost and which promises they break.
// docs/stress.md, berth.stress/1.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "berth/core/limits.h"
#include "berth/core/money.h"
#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/plan/plan.h"
#include "berth/stress/scenario.h"

namespace berth {

/// Part `index` of `count`: scenarios are dealt out in turn.
struct StressShard {
  std::size_t index = 0;
  std::size_t count = 1;
  friend bool operator==(const StressShard&, const StressShard&) = default;
};

/// A plan under test.
struct StressCandidate {
  std::string method;              ///< or the file it came from
  std::optional<double> headroom;  ///< it was planned with, where known
  Plan plan;                       ///< says itself what it withstands
};

struct StressRequest {
  ScenarioRanges ranges;
  std::size_t scenarios = 500;
  std::uint64_t seed = 1;
  StressShard shard;
  int threads = 0;  ///< 0 = all cores
  const StopFlag* stop = nullptr;
  std::function<void(std::size_t done)> on_progress;  ///< of scenarios; from any thread, in turn
};

/// One plan in one scenario. Counts are of classes.
struct StressRow {
  std::size_t scenario = 0;
  double cost = 0.0;  ///< USD/h
  int broken = 0;     ///< classes with any promise broken
  int late = 0;
  int poor = 0;
  int unmet = 0;
  double unmet_share = 0.0;  ///< of the requests
  double late_share = 0.0;

  friend bool operator==(const StressRow&, const StressRow&) = default;
};

struct StressedMethod {
  std::string method;
  std::optional<double> headroom;  ///< absent: a plan file does not say
  std::optional<double> robust;    ///< budget of uncertainty it was planned with
  std::optional<double> survive;   ///< factor it was planned to survive
  CostRate plan_cost;
  std::vector<StressRow> rows;  ///< by scenario
};

struct StressResult {
  std::string fleet;
  std::size_t classes = 0;
  ScenarioRanges ranges;
  std::size_t scenarios = 0;  ///< of all parts
  std::uint64_t seed = 1;
  StressShard shard;
  double wall_s = 0.0;  ///< of the scenarios, without the planning
  std::vector<StressedMethod> methods;
};

/// What the rows of one plan come to. Shares 0..1, USD/h.
struct StressSummary {
  double expected_cost = 0.0;
  double p95_cost = 0.0;
  double violation_rate = 0.0;  ///< of (scenario, class) pairs with any promise broken
  double latency_rate = 0.0;
  double error_rate = 0.0;
  double unmet_rate = 0.0;
  double unmet_share = 0.0;
  double late_share = 0.0;
};

/// All candidates meet the same scenarios. The rows do not depend on the threads, nor on how they
/// are cut into parts. Errors: those of StressedPlan; kLimitReached when stopped.
[[nodiscard]] Result<StressResult> run_stress(const Fleet& fleet,
                                              const std::vector<StressCandidate>& candidates,
                                              const StressRequest& request);

/// REQUIRES: rows.
[[nodiscard]] StressSummary summarise(const StressedMethod& method, std::size_t classes);

/// The parts of one run as one. Errors (all): kInconsistent where they are not parts of one run
/// (other fleets, seeds, ranges, plans), kMissing and kDuplicate parts. REQUIRES: not empty.
[[nodiscard]] Result<StressResult> merge_stress(const std::vector<StressResult>& parts);

}  // namespace berth
