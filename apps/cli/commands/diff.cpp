// berth diff OLD.json NEW.json: what changes, and in which order.

#include "berth/plan/diff.h"

#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/output/diff_table.h"
#include "berth/plan/diff_json.h"
#include "berth/plan/migration.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

struct DiffArguments {
  std::string old_plan;
  std::string new_plan;
  FleetInput against;
  std::string output = "table";
  std::string file;
};

int run_diff(const DiffArguments& arguments, Session& session) {
  const Console& console = session.console;
  const Result<Plan> old_plan = read_plan(arguments.old_plan);
  const Result<Plan> new_plan = read_plan(arguments.new_plan);
  Errors errors;
  const auto gather = [&errors](const Errors& more) {
    errors.insert(errors.end(), more.begin(), more.end());
  };
  if (!old_plan) gather(old_plan.errors());
  if (!new_plan) gather(new_plan.errors());
  std::optional<Fleet> fleet;
  if (!arguments.against.file.empty()) {
    Result<Fleet> loaded = load_fleet(arguments.against);
    if (loaded) {
      fleet = *std::move(loaded);
    } else {
      gather(loaded.errors());
    }
  }
  if (!errors.empty()) return console.fail(errors);
  const Result<PlanDiff> diff = diff_plans(*old_plan, *new_plan);
  if (!diff) return console.fail(diff.errors());

  const Migration migration =
      plan_migration(*old_plan, *new_plan, *diff, fleet ? &*fleet : nullptr);
  const bool to_file = !arguments.file.empty();
  if (to_file) {
    const int status =
        deliver(session, arguments.file, to_json(*diff, migration), "the difference");
    if (status != kSuccess) return status;
  }
  const std::string text = arguments.output == "json"
                               ? to_json(*diff, migration)
                               : to_table(*diff, migration,
                                          {.color = console.color(),
                                           .wide = arguments.output == "wide",
                                           .width = console.width()});
  const int status = deliver(session, "", text, "the difference");
  if (status != kSuccess) return status;
  return diff->changed() ? kDifferences : kSuccess;
}

}  // namespace

void add_diff(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<DiffArguments>();
  CLI::App* command = app.add_subcommand(
      "diff", "Compare two plans, and order the steps from one to the other without loss");
  command->add_option("old", arguments->old_plan, "OLD.json: the plan that runs")->required();
  command->add_option("new", arguments->new_plan, "NEW.json: the plan that shall run")->required();
  command->add_option("--against", arguments->against.file,
                      "FLEET.yaml: keep its quotas while both plans run in part");
  command->add_option("-o", arguments->file, "write the difference (berth.diff/1) to FILE");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_diff(*arguments, session); };
  });
}

}  // namespace berth::cli
