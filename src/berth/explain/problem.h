#pragma once
// A fleet or a bare instance, seen as a list of limits and a way to build the problem with some of
// them relaxed. Everything that explains is written once over this.

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/explain/limit.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/build.h"
#include "berth/instance/instance.h"
#include "berth/plan/plan.h"
#include "berth/plan/solution.h"

namespace berth {

/// By limit: how much of it a plan uses, in the limit's unit (the predicted TTFT, the GPUs rented,
/// ..); absent where that has no meaning (nothing of the class is served).
using Usage = std::vector<std::optional<double>>;

struct Problem {
  std::string name;
  std::vector<Limit> limits;  ///< those first that people would rather keep
  /// The instance with these limits changed. Errors: those of build_instance.
  std::function<Result<Instance>(std::span<const Change>)> build;
  /// What a solution of the unchanged instance uses.
  std::function<Usage(const Solution&)> usage;
  /// Classes that no option can serve, in words; empty for a bare instance.
  Errors uncoverable;
  /// What a reader of savings should know.
  std::vector<std::string> notes;
};

/// The fleet must outlive the problem. Errors: those of build_instance.
[[nodiscard]] Result<Problem> fleet_problem(const Fleet& fleet);
/// The instance must outlive the problem.
[[nodiscard]] Problem instance_problem(const Instance& instance);

/// What a plan of the fleet uses, by the limits of fleet_problem(fleet).
[[nodiscard]] Usage plan_usage(const Fleet& fleet, std::span<const Limit> limits, const Plan& plan);

/// Whether two problems are the same, so that one of them need not be solved.
[[nodiscard]] bool same_columns(const InstanceColumns& a, const InstanceColumns& b);

}  // namespace berth
