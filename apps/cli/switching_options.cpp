#include "apps/cli/switching_options.h"

#include <CLI/CLI.hpp>

#include "berth/core/text.h"
#include "berth/plan/diff.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

/// "2%" or "0.02".
Status read_hysteresis(const std::string& text, double& out) {
  if (text.empty()) return Ok{};
  const bool percent = text.back() == '%';
  const std::optional<double> number =
      parse_number(percent ? text.substr(0, text.size() - 1) : text);
  const double share = number ? (percent ? 0.01 : 1.0) * *number : -1.0;
  if (!(share >= 0.0 && share <= 1.0)) {
    return Error{ErrorCode::kOutOfRange,
                 "expected a share from 0 to 1 or a percentage, found '" + text + "'",
                 "--hysteresis", "--hysteresis 2% keeps what runs unless 2 % of its cost is saved"};
  }
  out = share;
  return Ok{};
}

void append(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

}  // namespace

void add_change_options(CLI::App& command, SwitchingArguments& arguments) {
  command
      .add_option("--max-changes", arguments.max_changes,
                  "at most so many replicas start or stop, together")
      ->check(CLI::Range(0, 1'000'000'000));
  command.add_option("--hold", arguments.hold,
                     "how long a plan is kept: its change is paid over that (default: the fleet's "
                     "policy.switching, 1h)");
  command.add_option("--hysteresis", arguments.hysteresis,
                     "keep what runs unless this share of its cost is saved, e.g. 2%");
}

void add_switching_options(CLI::App& command, SwitchingArguments& arguments) {
  CLI::Option* current = command.add_option(
      "--current", arguments.current,
      "PLAN.json that runs: what starts, stops and is rented anew costs, and the search begins "
      "there");
  add_change_options(command, arguments);
  for (const char* flag : {"--max-changes", "--hold", "--hysteresis"}) {
    command.get_option(flag)->needs(current);
  }
}

Status read_switching(const SwitchingArguments& arguments, SwitchingPolicy& policy) {
  Errors errors;
  if (Status read = read_duration("--hold", arguments.hold, policy.hold); !read) {
    append(errors, read.errors());
  }
  if (!(policy.hold.value >= 1.0)) {
    errors.push_back(
        {ErrorCode::kOutOfRange, "a plan is kept for a second at least", "--hold", ""});
  }
  if (Status read = read_hysteresis(arguments.hysteresis, policy.hysteresis); !read) {
    append(errors, read.errors());
  }
  if (!errors.empty()) return errors;
  return Ok{};
}

Status prepare(const SwitchingArguments& arguments, Fleet& fleet, std::optional<Plan>& current,
               PlanRequest& request) {
  if (arguments.current.empty()) return Ok{};
  Errors errors;
  if (Status read = read_switching(arguments, fleet.policy.switching); !read) {
    errors = std::move(read).errors();
  }
  Result<Plan> plan = read_plan(arguments.current);
  if (!plan) append(errors, plan.errors());
  if (plan) {
    const Result<PlanDiff> sound = diff_plans(*plan, *plan);
    if (!sound) append(errors, sound.errors());
  }
  if (!errors.empty()) return errors;
  current = *std::move(plan);
  request.current = &*current;
  request.max_changes = arguments.max_changes;
  return Ok{};
}

}  // namespace berth::cli
