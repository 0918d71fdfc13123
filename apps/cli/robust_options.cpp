#include "apps/cli/robust_options.h"

#include <CLI/CLI.hpp>

#include "berth/core/text.h"

namespace berth::cli {
namespace {

constexpr double kMostBudget = 1e6;

/// Empty = fine. CLI::Range lets NaN through.
std::string budget_error(const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (value && *value >= 0.0 && *value <= kMostBudget) return {};
  return "expected how many classes may turn out worse at once, 0 or more, found '" + text + "'";
}

std::string survival_error(const std::string& text) {
  const std::optional<double> value = parse_number(text);
  if (value && *value >= 1.0 && *value <= Survival::kMost) return {};
  return "expected a factor from 1 to 100, found '" + text + "'";
}

Status read_list(const char* flag, const std::string& text, std::vector<double>& values,
                 std::string (*error_of)(const std::string&)) {
  if (text.empty()) return Ok{};
  for (const std::string& part : split(text, ',')) {
    const std::string word(trim(part));
    if (std::string error = error_of(word); !error.empty()) {
      return Error{ErrorCode::kUsage, std::move(error), flag, ""};
    }
    values.push_back(*parse_number(word));
  }
  return Ok{};
}

}  // namespace

void add_robust_options(CLI::App& command, RobustArguments& arguments) {
  CLI::Option* robust =
      command
          .add_option("--robust", arguments.budget,
                      "keep every promise when so many classes at once turn out worse than stated, "
                      "by policy.uncertainty (overrides its budget)")
          ->check(budget_error);
  command
      .add_option("--survive", arguments.factor,
                  "keep every promise with demand, times and errors so many times as stated, e.g. "
                  "1.3; takes the place of the headroom")
      ->check(survival_error)
      ->excludes(robust);
}

void apply_robust_options(const RobustArguments& arguments, FleetPolicy& policy) {
  if (arguments.budget) policy.uncertainty.budget = *arguments.budget;
  if (arguments.factor) ask_to_survive(*arguments.factor, policy);
}

Status read_budgets(const std::string& text, std::vector<double>& budgets) {
  return read_list("--robust", text, budgets, budget_error);
}

Status read_survivals(const std::string& text, std::vector<double>& factors) {
  return read_list("--survive", text, factors, survival_error);
}

void ask_to_survive(double factor, FleetPolicy& policy) {
  policy.uncertainty.budget = 0.0;
  policy.survival.factor = factor;
}

}  // namespace berth::cli
