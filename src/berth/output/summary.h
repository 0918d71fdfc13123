#pragma once
// The few figures that table and report both open with.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/plan/plan.h"

namespace berth {

struct PoolSummary {
  std::string name;
  std::string gpu;  ///< empty if nothing runs there
  long long rented = 0;
  long long used = 0;
  long long boxes = 0;
  CostRate cost;
  std::vector<const PlanOffer*> offers;
  std::vector<const PlanDeployment*> deployments;

  [[nodiscard]] long long idle() const { return rented > used ? rented - used : 0; }
};

struct PlanSummary {
  long long gpus = 0;  ///< rented
  long long boxes = 0;
  long long idle = 0;
  std::size_t classes_met = 0;
  std::vector<PoolSummary> pools;  ///< descending cost, then name
};

/// Pointers refer to `plan`.
[[nodiscard]] PlanSummary summarize(const Plan& plan);

/// One promise of a class beside what the plan predicts.
struct Promise {
  std::string_view metric;  ///< "TTFT", "TPOT", "E2E", "Error"
  double predicted = 0.0;
  std::optional<double> limit;
  bool is_share = false;  ///< a share (error), not seconds

  [[nodiscard]] bool kept() const;
  /// What is left of the limit, as a share of it; negative when it is broken.
  [[nodiscard]] std::optional<double> headroom() const;
  [[nodiscard]] std::string predicted_text() const;
  [[nodiscard]] std::string limit_text() const;  ///< "no limit" without one
};

/// TTFT, TPOT, E2E, error, in this order.
[[nodiscard]] std::vector<Promise> promises_of(const PlanClass& row);

/// False when every request of the class is refused: nothing is predicted then.
[[nodiscard]] bool is_served(const PlanClass& row);

/// The smallest headroom of all promises; 1 without any.
[[nodiscard]] double least_headroom(const PlanClass& row);

/// The pool, with its GPU unless the name says it already.
[[nodiscard]] std::string pool_text(const std::string& pool, const std::string& gpu);

/// "5 boxes of 8"
[[nodiscard]] std::string boxes_text(const PlanOffer& offer);

/// "holds with 2 classes worse than stated", "holds with everything 1.3 times as stated"
[[nodiscard]] std::string robust_phrase(const PlanRobustness& robust);

}  // namespace berth
