// berth export: the optimisation problem of a fleet, for other solvers. Plans for clusters stand in
// export_manifests.cpp.

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/document/format.h"
#include "berth/instance/build.h"
#include "berth/instance/instance_json.h"
#include "berth/solve/milp/write_model.h"

namespace berth::cli {
namespace {

struct ExportArguments {
  FleetInput input;
  std::string file;
  bool keep_dominated = false;
};

Result<Instance> instance_of_fleet(const ExportArguments& arguments) {
  const Result<Fleet> fleet = load_fleet(arguments.input);
  if (!fleet) return fleet.errors();
  Result<BuiltInstance> built = build_instance(*fleet, {.dominance = !arguments.keep_dominated});
  if (!built) return built.errors();
  return std::move(built->instance);
}

/// The problem of a fleet, or the one that stands in an instance file.
Result<Instance> load_instance(const ExportArguments& arguments) {
  const std::string& file = arguments.input.file;
  if (file.empty()) return instance_of_fleet(arguments);
  const Result<std::string> format = read_format(file);
  if (!format) return format.errors();
  if (*format == "berth.plan/1" || *format == "berth.solution/1") {
    return Error{ErrorCode::kUnsupported,
                 "a model is written of a problem, and this is a " + *format, file,
                 "name the FLEET.yaml or INSTANCE.json that it solves"};
  }
  if (*format != "berth.instance/1") return instance_of_fleet(arguments);
  if (!arguments.input.traces.empty() || arguments.input.headroom) {
    return Error{ErrorCode::kUsage, "an instance already holds its demand", file,
                 "leave out --trace and --headroom, or name a FLEET.yaml"};
  }
  return read_instance(file);
}

int run_export_instance(const ExportArguments& arguments, Session& session) {
  const Result<Instance> instance = instance_of_fleet(arguments);
  if (!instance) return session.console.fail(instance.errors());
  return deliver(session, arguments.file, to_json(*instance), "the instance");
}

int run_export_model(const ExportArguments& arguments, milp::ModelFormat format, Session& session) {
  const Result<Instance> instance = load_instance(arguments);
  if (!instance) return session.console.fail(instance.errors());
  milp::MilpOptions options;
  options.dominance = !arguments.keep_dominated;
  const Result<std::string> text = milp::write_model(*instance, options, format);
  if (!text) return session.console.fail(text.errors());
  return deliver(session, arguments.file, *text, "the model");
}

/// One form to export to.
void add_form(CLI::App& parent, Session& session, const std::string& name,
              const std::string& summary, const std::string& what,
              int (*run)(const ExportArguments&, Session&)) {
  auto arguments = std::make_shared<ExportArguments>();
  CLI::App* command = parent.add_subcommand(name, summary);
  command->add_option("file", arguments->input.file, what);
  add_fleet_options(*command, arguments->input);
  command->add_option("-o", arguments->file, "write to FILE instead of standard output");
  command->add_flag("--keep-dominated", arguments->keep_dominated, "do not drop dominated options");
  command->callback([arguments, run, &session] {
    session.run = [arguments, run, &session] { return run(*arguments, session); };
  });
}

}  // namespace

void add_export(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("export", "Write a fleet or plan in another form");
  command->require_subcommand(1);
  add_form(*command, session, "instance", "The optimisation problem of a fleet as berth.instance/1",
           "FLEET.yaml", run_export_instance);
  add_form(*command, session, "mps",
           "The mixed-integer program that --method milp solves, in free MPS",
           "FLEET.yaml or INSTANCE.json", [](const ExportArguments& arguments, Session& own) {
             return run_export_model(arguments, milp::ModelFormat::kMps, own);
           });
  add_form(*command, session, "lp", "The same in CPLEX's LP format", "FLEET.yaml or INSTANCE.json",
           [](const ExportArguments& arguments, Session& own) {
             return run_export_model(arguments, milp::ModelFormat::kLp, own);
           });
  add_manifests(*command, session);
}

}  // namespace berth::cli
