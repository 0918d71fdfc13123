// berth export instance FLEET.yaml: the optimisation problem of a fleet, for other solvers.

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/instance/build.h"
#include "berth/instance/instance_json.h"

namespace berth::cli {
namespace {

struct ExportArguments {
  FleetInput input;
  std::string file;
  bool keep_dominated = false;
};

int run_export_instance(const ExportArguments& arguments, Session& session) {
  const Result<Fleet> fleet = load_fleet(arguments.input);
  if (!fleet) return session.console.fail(fleet.errors());
  const Result<BuiltInstance> built =
      build_instance(*fleet, {.dominance = !arguments.keep_dominated});
  if (!built) return session.console.fail(built.errors());
  return deliver(session, arguments.file, to_json(built->instance), "the instance");
}

}  // namespace

void add_export(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", "Write a fleet or plan in another form");
  command->require_subcommand(1);
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* instance = command->add_subcommand(
      "instance", "The optimisation problem of a fleet as berth.instance/1");
  instance->add_option("fleet", arguments->input.file, "FLEET.yaml");
  add_fleet_options(*instance, arguments->input);
  instance->add_option("-o", arguments->file, "write to FILE instead of standard output");
  instance->add_flag("--keep-dominated", arguments->keep_dominated,
                     "do not drop dominated options");
  instance->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_export_instance(*arguments, session); };
  });
}

}  // namespace berth::cli
