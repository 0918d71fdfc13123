#include "apps/cli/robust_options.h"

#include <CLI/CLI.hpp>

#include "berth/core/text.h"

namespace berth::cli {
namespace {

constexpr double kMostBudget = 1e6;

Status read_budget(const std::string& text, double& budget) {
  const std::optional<double> value = parse_number(text);
  if (!value || !(*value >= 0.0) || *value > kMostBudget) {
    return Error{ErrorCode::kUsage,
                 "expected how many classes may turn out worse at once, 0 or more, found '" + text +
                     "'",
                 "--robust", "--robust 2"};
  }
  budget = *value;
  return Ok{};
}

Status read_survival(const std::string& text, double& factor) {
  const std::optional<double> value = parse_number(text);
  if (!value || !(*value >= 1.0) || *value > Survival::kMost) {
    return Error{ErrorCode::kUsage, "expected a factor from 1 to 100, found '" + text + "'",
                 "--survive", "--survive 1.3"};
  }
  factor = *value;
  return Ok{};
}

Status read_list(const std::string& text, std::vector<double>& values,
                 Status (*read)(const std::string&, double&)) {
  if (text.empty()) return Ok{};
  for (const std::string& word : split(text, ',')) {
    double value = 0.0;
    if (Status status = read(std::string(trim(word)), value); !status) return status;
    values.push_back(value);
  }
  return Ok{};
}

}  // namespace

void add_robust_options(CLI::App& command, RobustArguments& arguments) {
  command.add_option("--robust", arguments.budget,
                     "hold every promise when this many classes at once turn out worse than stated, "
                     "by policy.uncertainty (0: as stated)");
  command.add_option("--survive", arguments.factor,
                     "hold every promise with demand, times and errors this many times as stated, "
                     "e.g. 1.3; takes the place of the headroom");
}

Status apply_robust_options(const RobustArguments& arguments, Fleet& fleet) {
  if (!arguments.budget.empty() && !arguments.factor.empty()) {
    return Error{ErrorCode::kUsage, "--robust and --survive exclude each other", "--survive", ""};
  }
  if (!arguments.budget.empty()) return read_budget(arguments.budget, fleet.policy.uncertainty.budget);
  if (arguments.factor.empty()) return Ok{};
  double factor = 1.0;
  if (Status status = read_survival(arguments.factor, factor); !status) return status;
  ask_to_survive(factor, fleet.policy);
  return Ok{};
}

Status read_budgets(const std::string& text, std::vector<double>& budgets) {
  return read_list(text, budgets, read_budget);
}

Status read_survivals(const std::string& text, std::vector<double>& factors) {
  return read_list(text, factors, read_survival);
}

void ask_to_survive(double factor, FleetPolicy& policy) {
  policy.uncertainty.budget = 0.0;
  policy.survival.factor = factor;
  if (!policy.survival.asked()) policy.headroom = 0.0;  // a factor of 1: as stated
}

}  // namespace berth::cli
