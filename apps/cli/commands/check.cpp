// berth check PLAN|SOLUTION --against FLEET|INSTANCE: is it true?

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/document/format.h"
#include "berth/instance/instance_json.h"
#include "berth/output/violations.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

struct CheckArguments {
  std::string subject;
  FleetInput against;  ///< its file may be an instance
  std::string output = "table";
};

Result<std::vector<Violation>> check_solution_file(const CheckArguments& arguments) {
  Result<SolutionFile> file = read_solution(arguments.subject);
  Result<Instance> instance = read_instance(arguments.against.file);
  Errors errors;
  if (!file) errors = file.errors();
  if (!instance) errors.insert(errors.end(), instance.errors().begin(), instance.errors().end());
  if (!errors.empty()) return errors;
  if (file->status == "infeasible" || (file->status == "limit" && file->solution.routes.empty())) {
    return Error{ErrorCode::kInconsistent,
                 "holds no solution to check (status '" + file->status + "')", arguments.subject,
                 ""};
  }
  std::vector<Violation> violations = check(*instance, file->solution, file->claims);
  const std::vector<Violation> claims = check_claims(*file);
  violations.insert(violations.end(), claims.begin(), claims.end());
  return violations;
}

Result<std::vector<Violation>> check_plan_file(const CheckArguments& arguments) {
  Result<Plan> plan = read_plan(arguments.subject);
  Result<Fleet> fleet = load_fleet(arguments.against);
  Errors errors;
  if (!plan) errors = plan.errors();
  if (!fleet) errors.insert(errors.end(), fleet.errors().begin(), fleet.errors().end());
  if (!errors.empty()) return errors;
  return check_plan(*fleet, *plan);
}

int run_check(const CheckArguments& arguments, Session& session) {
  if (arguments.against.file.empty() && arguments.against.traces.empty()) {
    return session.console.fail(
        {Error{ErrorCode::kUsage, "--against is required", "",
               "name the FLEET.yaml of the plan, or the --trace it was made from"}});
  }
  const Result<std::string> format = read_format(arguments.subject);
  if (!format) return session.console.fail(format.errors());
  if (*format != "berth.plan/1" && *format != "berth.solution/1") {
    return session.console.fail(
        {Error{ErrorCode::kUnsupported,
               "format is '" + *format + "', expected berth.plan/1 or berth.solution/1",
               arguments.subject + ": /format", ""}});
  }
  const Result<std::vector<Violation>> violations =
      *format == "berth.plan/1" ? check_plan_file(arguments) : check_solution_file(arguments);
  if (!violations) return session.console.fail(violations.errors());

  const std::string text = arguments.output == "json"
                               ? violations_to_json(*violations)
                               : violations_to_table(arguments.subject, *violations);
  const int status = deliver(session, "", text, "the violations");
  if (status != kSuccess) return status;
  return violations->empty() ? kSuccess : kDifferences;
}

}  // namespace

void add_check(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App* command = app.add_subcommand(
      "check",
      "Check a plan or solution against its fleet or instance, independently of any solver");
  command->add_option("subject", arguments->subject, "PLAN.json or SOLUTION.json")->required();
  command->add_option("--against", arguments->against.file,
                      "FLEET.yaml (for a plan) or INSTANCE.json (for a solution)");
  add_fleet_options(*command, arguments->against);
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_check(*arguments, session); };
  });
}

}  // namespace berth::cli
