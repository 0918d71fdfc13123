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
  std::string budget;   ///< --robust
  std::string factor;   ///< --survive
};

void add_robust_options(CLI::App& command, RobustArguments& arguments);

/// Into the fleet's policy. Errors: kUsage, both flags at once.
[[nodiscard]] Status apply_robust_options(const RobustArguments& arguments, Fleet& fleet);

/// "0,2,4" of --robust and "1,1.3" of --survive; empty text: none.
[[nodiscard]] Status read_budgets(const std::string& text, std::vector<double>& budgets);
[[nodiscard]] Status read_survivals(const std::string& text, std::vector<double>& factors);

/// So that the plan survives `factor` times what is stated, and nothing else.
void ask_to_survive(double factor, FleetPolicy& policy);

}  // namespace berth::cli
