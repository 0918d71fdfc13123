#pragma once
// What changes from one plan to the next, in the plans' own words (docs/diff.md). Deployments are
// matched by what runs, not by their names: a plan names them after what tells them apart.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/plan/plan.h"

namespace berth {

enum class DeploymentAction : std::uint8_t {
  kKeep,     ///< the same replicas of the same
  kAdd,      ///< only in the new plan
  kRemove,   ///< only in the old plan
  kScale,    ///< what runs stays, the number of replicas changes
  kReshape,  ///< same model and pool, but other parallelism, precision or engine arguments
};
/// "keep", "add", "remove", "scale", "reshape".
[[nodiscard]] std::string_view to_string(DeploymentAction action);

struct DeploymentChange {
  DeploymentAction action = DeploymentAction::kKeep;
  std::optional<PlanDeployment> from;  ///< as the old plan has it
  std::optional<PlanDeployment> to;    ///< as the new plan has it
};

/// What replicas run. A reshape has two: replicas of the new shape start beside those of the old.
struct PlanShape {
  enum class In : std::uint8_t { kOld, kNew, kBoth };

  std::string name;  ///< in the new plan, where it has one; an old and a new shape may share it
  In in = In::kBoth;
  std::string pool;
  long long gpus = 1;                                  ///< a replica
  int before = 0;                                      ///< replicas in the old plan
  int after = 0;                                       ///< replicas in the new one
  std::optional<std::size_t> old_row = std::nullopt;   ///< of Plan::deployments
  std::optional<std::size_t> new_row = std::nullopt;   ///< of Plan::deployments
  std::optional<std::size_t> replaces = std::nullopt;  ///< the shape that a reshape takes away
};
/// "old", "new", "both".
[[nodiscard]] std::string_view to_string(PlanShape::In in);

struct RouteChange {
  std::string query_class;
  std::size_t shape = 0;  ///< index into PlanDiff::shapes
  double from = 0.0;      ///< share of the class, 0..1
  double to = 0.0;

  [[nodiscard]] bool changed() const;  ///< by more than rounding
};

/// Boxes of one offer. Of an offer whose boxes have another size in the new plan there are two.
struct BoxChange {
  std::string pool;
  std::string offer;
  int lot = 1;        ///< GPUs a box
  CostRate box_cost;  ///< of one box, in the new plan if it rents any
  int from = 0;       ///< boxes
  int to = 0;
};

struct ClassChange {
  std::string name;
  std::optional<double> rate_from;  ///< requests/s; absent: not in the old plan
  std::optional<double> rate_to;
  double unmet_from = 0.0;  ///< share refused
  double unmet_to = 0.0;

  [[nodiscard]] bool changed() const;
};

struct PlanDiff {
  std::string old_fleet;
  std::string new_fleet;
  Cost old_cost;
  Cost new_cost;
  std::vector<DeploymentChange> deployments;  ///< the new plan's order, then what is removed
  std::vector<PlanShape> shapes;              ///< the new plan's order, then those only in the old
  std::vector<RouteChange> routes;            ///< every route of either plan, by class and shape
  std::vector<BoxChange> boxes;               ///< every offer of either plan
  std::vector<ClassChange> classes;           ///< every class of either plan
  std::vector<std::string> notes;             ///< other fleets, other names

  /// Something else runs, is routed, rented, asked for or paid.
  [[nodiscard]] bool changed() const;
};

/// Deployments without replicas count as absent. Errors, with `where` = "old plan: /json/pointer":
/// kInconsistent, kDuplicate, kUnknownName and kOutOfRange where a plan contradicts itself, so that
/// nothing could be said about its way to another one: routes to nowhere, shares above 1, replicas
/// on GPUs that are not rented, boxes of no GPU. O(rows log rows), and the square of the
/// deployments of one model in one pool.
[[nodiscard]] Result<PlanDiff> diff_plans(const Plan& old_plan, const Plan& new_plan);

}  // namespace berth
