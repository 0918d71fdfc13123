// berth plan FLEET.yaml [--trace FILE]...: from the user's problem to a checked plan.

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "apps/cli/solver_options.h"
#include "berth/output/report.h"
#include "berth/output/table.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

struct PlanArguments {
  FleetInput input;
  SolverArguments solver;
  std::string output = "table";
  std::string file;
  std::string report;
};

std::string render(const Plan& plan, const std::string& format, const Console& console) {
  if (format == "json") return to_json(plan);
  if (format == "yaml") return to_yaml(plan);
  return to_table(plan,
                  {.color = console.color(), .wide = format == "wide", .width = console.width()});
}

int run_plan(PlanArguments& arguments, Session& session) {
  const Console& console = session.console;
  if (Status ready = prepare(arguments.solver, session); !ready) {
    return console.fail(ready.errors());
  }

  Result<Fleet> fleet = load_fleet(arguments.input);
  if (!fleet) return console.fail(fleet.errors());

  Result<PlanOutcome> outcome = make_plan(*fleet, arguments.solver.request);
  if (!outcome) return console.fail(outcome.errors());

  const Plan& plan = outcome->plan;
  if (!arguments.file.empty()) {
    const bool yaml = arguments.file.ends_with(".yaml") || arguments.file.ends_with(".yml");
    const int status =
        deliver(session, arguments.file, yaml ? to_yaml(plan) : to_json(plan), "the plan");
    if (status != kSuccess) return status;
  }
  if (!arguments.report.empty()) {
    const int status = deliver(session, arguments.report, to_html_report(plan), "the report");
    if (status != kSuccess) return status;
  }
  return deliver(session, "", render(plan, arguments.output, console), "the plan");
}

}  // namespace

void add_plan(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<PlanArguments>();
  CLI::App* command = app.add_subcommand(
      "plan", "Plan a fleet: models, GPUs, boxes, parallelism, replicas and routes at least cost");
  command->add_option("fleet", arguments->input.file,
                      "FLEET.yaml; with --trace it may be left out: built-in catalog and SLOs");
  add_fleet_options(*command, arguments->input);
  add_solver_options(*command, arguments->solver);
  command->add_option("-o", arguments->file,
                      "write the plan to FILE (JSON, or YAML by its ending)");
  command->add_option("--report", arguments->report, "write a self-contained HTML report to FILE");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "wide", "json", "yaml"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_plan(*arguments, session); };
  });
}

}  // namespace berth::cli
