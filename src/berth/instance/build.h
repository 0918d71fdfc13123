#pragma once
// Fleet -> Instance: enumerate options (model x precision x pool x TP x PP x TPOT target), filter,
// size the concurrency in closed form, drop dominated options.
// Complexity: O(configurations x classes x targets) evaluations; 100 classes x 20 models x 20 GPUs
// in at most 0.5 s on one core (bench/instance_build).

#include <array>
#include <span>
#include <variant>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/instance/instance.h"
#include "berth/instance/options.h"

namespace berth {

struct BuildOptions {
  bool dominance = true;
  /// Never dropped by dominance: what runs already may be worth keeping.
  std::span<const OptionSpec> keep = {};
};

struct BuiltInstance {
  Instance instance;
  std::vector<OptionSpec> options;          ///< by OptionId
  std::vector<ClassRejections> rejections;  ///< by ClassId
  std::int64_t configurations = 0;          ///< enumerated, before any filter
  std::int64_t options_before_dominance = 0;
  double seconds = 0.0;
};

/// A class without any option is not an error here (unmet demand may be allowed): the solver or
/// `require_coverable` reports it. Errors: kInconsistent only (empty fleet, ...).
[[nodiscard]] Result<BuiltInstance> build_instance(const Fleet& fleet,
                                                   const BuildOptions& options = {});

/// Errors kInfeasible, one per class with no option although max_unmet < 1: counts by reason and
/// the nearest miss in the user's words.
[[nodiscard]] Status require_coverable(const Fleet& fleet, const BuiltInstance& built);

/// What the fleet's policy says of all its classes; empty without a budget.
[[nodiscard]] InstanceColumns::Uncertainty uncertainty_of(const Fleet& fleet);

/// e_id = 1 - score of the model for the class's task + what the precision adds; 1 without a score.
[[nodiscard]] double pair_error(const Fleet& fleet, const OptionSpec& option,
                                const QualityFloor& quality);

/// The same physics for one pair, slow and readable; tests hold the vectorised build against it,
/// plan and report use it for the few pairs of a solution. `fill` is how much of the load that
/// rho_max allows the replicas carry: TTFT, TPOT and end-to-end time are those at fill * rho_max,
/// all else is at rho_max. REQUIRES: 0 <= fill <= 1.
[[nodiscard]] std::variant<PairPhysics, PairRejection> evaluate_pair(const Fleet& fleet,
                                                                     const OptionSpec& option,
                                                                     ClassId query_class,
                                                                     double fill = 1.0);

}  // namespace berth
