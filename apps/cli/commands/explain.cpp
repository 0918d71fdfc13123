// berth explain FLEET|INSTANCE|PLAN: why there is no plan, or what the limits cost.

#include "berth/explain/explain.h"

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/document/format.h"
#include "berth/instance/instance_json.h"
#include "berth/output/explanation.h"
#include "berth/output/violations.h"
#include "berth/plan/check_plan.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

constexpr Seconds kDefaultTimeLimit{30.0};

struct ExplainArguments {
  std::string subject;
  FleetInput fleet;
  std::string time_limit;
  std::string output = "table";
  Limits limits;
};

TableStyle style_of(const Console& console) {
  return {.color = console.color(), .wide = false, .width = console.width()};
}

int print(const ExplainArguments& arguments, const Result<Explanation>& explanation,
          Session& session) {
  if (!explanation) return session.console.fail(explanation.errors());
  const std::string text = arguments.output == "json"
                               ? to_json(*explanation)
                               : to_table(*explanation, style_of(session.console));
  const int status = deliver(session, "", text, "the explanation");
  if (status != kSuccess) return status;
  return explanation->status == Explanation::Status::kFeasible ? kSuccess : kInfeasible;
}

int explain_instance_file(const ExplainArguments& arguments, Session& session) {
  if (!arguments.fleet.file.empty() || !arguments.fleet.traces.empty() ||
      arguments.fleet.headroom) {
    return session.console.fail({Error{ErrorCode::kUsage,
                                       "an instance is explained alone: --against, --trace and "
                                       "--headroom are for fleets and plans",
                                       "", ""}});
  }
  const Result<Instance> instance = read_instance(arguments.subject);
  if (!instance) return session.console.fail(instance.errors());
  return print(arguments, explain_instance(*instance, solve_exactly, arguments.limits), session);
}

int explain_plan_file(const ExplainArguments& arguments, Session& session) {
  const Result<Plan> plan = read_plan(arguments.subject);
  if (!plan) return session.console.fail(plan.errors());
  if (arguments.fleet.file.empty() && arguments.fleet.traces.empty()) {
    if (arguments.fleet.headroom || !arguments.fleet.map.empty()) {
      return session.console.fail(
          {Error{ErrorCode::kUsage, "--headroom and --map belong to the fleet of a plan",
                 "--against", "name the fleet with --against"}});
    }
    const std::string text = arguments.output == "json"
                                 ? explain_plan_alone_json(*plan)
                                 : explain_plan_alone(*plan, style_of(session.console));
    return deliver(session, "", text, "the explanation");
  }
  const Result<Fleet> fleet = load_fleet(arguments.fleet);
  if (!fleet) return session.console.fail(fleet.errors());
  const Result<std::vector<Violation>> violations = check_plan(*fleet, *plan);
  if (!violations) return session.console.fail(violations.errors());
  if (!violations->empty()) {
    session.console.note(violations_to_table(arguments.subject, *violations) +
                         "The plan breaks its fleet's limits; it is set beside the best one as "
                         "it stands.");
  }
  return print(arguments, explain_fleet(*fleet, solve_exactly, arguments.limits, &*plan), session);
}

int explain_fleet_file(ExplainArguments& arguments, Session& session) {
  if (!arguments.fleet.file.empty()) {
    return session.console.fail(
        {Error{ErrorCode::kUsage, "--against is for plans; " + arguments.subject + " is a fleet",
               "--against", ""}});
  }
  arguments.fleet.file = arguments.subject;
  const Result<Fleet> fleet = load_fleet(arguments.fleet);
  if (!fleet) return session.console.fail(fleet.errors());
  return print(arguments, explain_fleet(*fleet, solve_exactly, arguments.limits), session);
}

int run_explain(ExplainArguments& arguments, Session& session) {
  arguments.limits.time = kDefaultTimeLimit;
  if (Status read = read_duration("--time-limit", arguments.time_limit, arguments.limits.time);
      !read) {
    return session.console.fail(read.errors());
  }
  const Result<std::string> format = read_format(arguments.subject);
  if (!format) return session.console.fail(format.errors());
  stop_on_interrupt(session);
  arguments.limits.stop = &session.stop;
  if (*format == "berth.instance/1") return explain_instance_file(arguments, session);
  if (*format == "berth.plan/1") return explain_plan_file(arguments, session);
  if (*format == "berth.fleet/1") return explain_fleet_file(arguments, session);
  return session.console.fail({Error{
      ErrorCode::kUnsupported,
      "format is '" + *format + "', expected berth.fleet/1, berth.instance/1 or berth.plan/1",
      arguments.subject + ": /format", ""}});
}

}  // namespace

void add_explain(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ExplainArguments>();
  CLI::App* command = app.add_subcommand(
      "explain",
      "Explain why there is no plan and what to relax, or what each limit of a plan costs");
  command->add_option("subject", arguments->subject, "FLEET.yaml, INSTANCE.json or PLAN.json")
      ->required();
  command->add_option("--against", arguments->fleet.file, "FLEET.yaml of a plan");
  add_fleet_options(*command, arguments->fleet);
  command->add_option("--time-limit", arguments->time_limit,
                      "for everything; what it does not suffice for is said (default 30s)");
  command->add_option("--threads", arguments->limits.threads, "threads to use; 0 = all cores")
      ->check(CLI::Range(0, 1024))
      ->capture_default_str();
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_explain(*arguments, session); };
  });
}

}  // namespace berth::cli
