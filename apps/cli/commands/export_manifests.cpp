// berth export kubernetes|kserve|keda|prometheus: a plan as objects of a cluster.

#include <array>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/catalog/catalog.h"
#include "berth/manifest/render.h"
#include "berth/plan/engine_args.h"
#include "berth/plan/plan_json.h"

namespace berth::cli {
namespace {

using Render = Result<Manifests> (*)(const Plan&, const DeployFacts&, const DeploySettings&,
                                     const RenderOptions&);

struct Target {
  const char* name;
  const char* summary;
  Render render;
  const char* main_file;  ///< what is printed without -o; empty: all objects
};

constexpr std::array kTargets = {
    Target{"kubernetes", "Deployments, Services, InferencePools and HTTPRoutes of a plan",
           render_kubernetes, ""},
    Target{"kserve", "LLMInferenceServices and HTTPRoutes of a plan", render_kserve, ""},
    Target{"keda", "ScaledObjects that follow the plan through Berth's target endpoint",
           render_keda, ""},
    Target{"prometheus", "Recording rules, alerts and a dashboard of a plan", render_prometheus,
           "rules.yaml"},
};

struct ManifestArguments {
  std::string plan;
  std::string settings;
  std::string engine;
  std::string directory;
  FleetInput against;
  bool print_settings = false;
};

/// Everything that is read, with the errors of all files.
struct ManifestInput {
  Plan plan;
  DeploySettings settings;
  std::optional<Fleet> fleet;
};

Result<ManifestInput> read_input(const ManifestArguments& arguments) {
  Errors errors;
  const auto gather = [&errors](const Errors& more) {
    errors.insert(errors.end(), more.begin(), more.end());
  };
  ManifestInput input;
  if (Result<Plan> plan = read_plan(arguments.plan)) {
    input.plan = *std::move(plan);
  } else {
    gather(plan.errors());
  }
  input.settings = default_settings();
  if (!arguments.settings.empty()) {
    if (Result<DeploySettings> settings = read_settings(arguments.settings)) {
      input.settings = *std::move(settings);
    } else {
      gather(settings.errors());
    }
  }
  if (!arguments.against.file.empty()) {
    if (Result<Fleet> fleet = load_fleet(arguments.against)) {
      input.fleet = *std::move(fleet);
    } else {
      gather(fleet.errors());
    }
  }
  if (!errors.empty()) return errors;
  return input;
}

/// Errors about the plan say which file it is.
Errors in_plan(const Errors& errors, const std::string& file) {
  Errors placed = errors;
  for (Error& error : placed) {
    if (error.where.starts_with("/")) error.where = file + ": " + error.where;
  }
  return placed;
}

Result<Manifests> render_input(const ManifestInput& input, const ManifestArguments& arguments,
                               const Target& target) {
  const Result<Catalog> catalog = load_builtin_catalog();
  if (!catalog) return catalog.errors();
  const Result<DeployFacts> facts =
      deploy_facts(input.plan, *catalog, input.fleet ? &*input.fleet : nullptr);
  if (!facts) return in_plan(facts.errors(), arguments.plan);
  Result<Manifests> manifests =
      target.render(input.plan, *facts, input.settings, {.engine = arguments.engine});
  if (!manifests) return in_plan(manifests.errors(), arguments.plan);
  return manifests;
}

int deliver_manifests(const Manifests& manifests, const ManifestArguments& arguments,
                      const Target& target, Session& session) {
  for (const std::string& warning : manifests.warnings) session.console.note("note: " + warning);
  if (arguments.directory.empty()) {
    const std::string main(target.main_file);
    session.console.print(main.empty() ? document_stream(manifests.files)
                                       : manifests.files.at(main));
    return session.console.finish();
  }
  const Result<WrittenTree> written = write_tree(manifests.files, arguments.directory);
  if (!written) return session.console.fail(written.errors());
  session.console.note("wrote " + std::to_string(written->written) + " files to " +
                       arguments.directory + " (" + std::to_string(written->unchanged) +
                       " unchanged, " + std::to_string(written->removed) + " removed)");
  return kSuccess;
}

int run_manifests(const ManifestArguments& arguments, const Target& target, Session& session) {
  if (arguments.print_settings) {
    session.console.print(default_settings_text());
    return session.console.finish();
  }
  if (arguments.plan.empty()) {
    return session.console.fail({Error{ErrorCode::kUsage, "a plan is required", "",
                                       "name the PLAN.json that 'berth plan -o' wrote"}});
  }
  const Result<ManifestInput> input = read_input(arguments);
  if (!input) return session.console.fail(input.errors());
  const Result<Manifests> manifests = render_input(*input, arguments, target);
  if (!manifests) return session.console.fail(manifests.errors());
  return deliver_manifests(*manifests, arguments, target, session);
}

void add_target(CLI::App& parent, Session& session, const Target& target) {
  auto arguments = std::make_shared<ManifestArguments>();
  CLI::App* command = parent.add_subcommand(target.name, target.summary);
  command->add_option("plan", arguments->plan, "PLAN.json");
  command->add_option("-o", arguments->directory,
                      "write the files to DIR instead of the objects to standard output");
  command->add_option("--settings", arguments->settings,
                      "berth.deploy/1: what differs from the defaults");
  command->add_flag("--print-settings", arguments->print_settings, "print the defaults and stop");
  command->add_option("--against", arguments->against.file,
                      "FLEET.yaml: its catalog, boxes and switching policy");
  command->add_option("--engine", arguments->engine, "in whose words; default: those of the plan")
      ->check(CLI::IsMember(engine_names()));
  command->callback([arguments, &target, &session] {
    session.run = [arguments, &target, &session] {
      return run_manifests(*arguments, target, session);
    };
  });
}

}  // namespace

void add_manifests(CLI::App& app, Session& session) {
  for (const Target& target : kTargets) add_target(app, session, target);
}

}  // namespace berth::cli
