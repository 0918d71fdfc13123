#pragma once
// The flags for a plan beside one that runs: --current, --max-changes, --hold, --hysteresis.

#include <optional>
#include <string>

#include "apps/cli/command.h"
#include "berth/fleet/fleet.h"
#include "berth/pipeline/pipeline.h"

namespace berth::cli {

struct SwitchingArguments {
  std::string current;  ///< PLAN.json; empty: nothing runs
  std::optional<int> max_changes;
  std::string hold;
  std::string hysteresis;
};

/// All of them; without --current the others are refused.
void add_switching_options(CLI::App& command, SwitchingArguments& arguments);
/// All but --current.
void add_change_options(CLI::App& command, SwitchingArguments& arguments);

/// --hold and --hysteresis into a fleet's policy.
[[nodiscard]] Status read_switching(const SwitchingArguments& arguments, SwitchingPolicy& policy);

/// Reads the plan that runs into `current`, the flags into the fleet's policy, and connects both
/// with the request. `current` must outlive the request.
[[nodiscard]] Status prepare(const SwitchingArguments& arguments, Fleet& fleet,
                             std::optional<Plan>& current, PlanRequest& request);

}  // namespace berth::cli
