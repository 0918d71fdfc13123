#pragma once
// What a plan is to withstand: --robust and --survive (docs/robust.md).

#include <optional>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"

namespace CLI {
class App;
}

namespace berth::cli {

struct RobustArguments {
  std::optional<double> budget;  ///< --robust
  std::optional<double> factor;  ///< --survive
};

/// The two flags, which exclude each other.
void add_robust_options(CLI::App& command, RobustArguments& arguments);

/// Into the fleet's policy.
void apply_robust_options(const RobustArguments& arguments, FleetPolicy& policy);

/// "0,2,4" of --robust and "1,1.3" of --survive; empty text: none. Errors: kUsage.
[[nodiscard]] Status read_budgets(const std::string& text, std::vector<double>& budgets);
[[nodiscard]] Status read_survivals(const std::string& text, std::vector<double>& factors);

/// So that the plan survives `factor` times what is stated, and nothing else.
void ask_to_survive(double factor, FleetPolicy& policy);

}  // namespace berth::cli
