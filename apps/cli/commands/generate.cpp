// berth generate fleet|instance: synthetic problems for benchmarks and studies.

#include "berth/fleet/generate.h"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/fleet/write_fleet.h"
#include "berth/instance/build.h"
#include "berth/instance/instance_json.h"

namespace berth::cli {
namespace {

struct GenerateArguments {
  FleetShape shape;
  std::string preset;
  std::string file;
  bool undominated = false;
  const CLI::App* command = nullptr;  ///< to see which flags were given
};

Result<GeneratedFleet> generate(const GenerateArguments& arguments) {
  if (arguments.preset.empty()) return generate_fleet(arguments.shape);
  Errors errors;
  for (const char* flag : {"--classes", "--models", "--gpus", "--boxes"}) {
    if (arguments.command->count(flag) == 0) continue;
    errors.push_back({ErrorCode::kUsage, "the preset has sizes of its own", flag,
                      "leave out either this or --preset"});
  }
  if (!errors.empty()) return errors;
  return paper_fleet(arguments.shape.seed);
}

/// The command that makes the file again.
std::string heading(const GenerateArguments& arguments) {
  const FleetShape& shape = arguments.shape;
  if (!arguments.preset.empty()) {
    return fmt::format("# berth generate fleet --preset {} --seed {}\n", arguments.preset,
                       shape.seed);
  }
  return fmt::format("# berth generate fleet --classes {} --models {} --gpus {} --seed {}{}\n",
                     shape.classes, shape.models, shape.gpus, shape.seed,
                     shape.boxes ? " --boxes" : "");
}

/// Models that are not built in go into a catalog file beside the fleet.
int run_generate_fleet(const GenerateArguments& arguments, Session& session) {
  const Result<GeneratedFleet> generated = generate(arguments);
  if (!generated) return session.console.fail(generated.errors());
  std::vector<std::string> catalogs = {"builtin"};
  if (!generated->variants.empty()) {
    if (arguments.file.empty()) {
      return session.console.fail(
          {Error{ErrorCode::kUsage,
                 "more models than are built in: the others need a catalog file beside the fleet",
                 "--models", "write the fleet to a file with -o"}});
    }
    const std::filesystem::path fleet = arguments.file;
    const std::filesystem::path models = fleet.stem().string() + "-models.yaml";
    catalogs.push_back(models.string());
    const int status = deliver(session, (fleet.parent_path() / models).string(),
                               models_to_yaml(generated->fleet.catalog, generated->variants),
                               "the models that are not built in");
    if (status != kSuccess) return status;
  }
  return deliver(session, arguments.file, heading(arguments) + to_yaml(generated->fleet, catalogs),
                 "the fleet");
}

int run_generate_instance(const GenerateArguments& arguments, Session& session) {
  const Result<GeneratedFleet> generated = generate(arguments);
  if (!generated) return session.console.fail(generated.errors());
  const Result<BuiltInstance> built =
      build_instance(generated->fleet, {.dominance = arguments.undominated});
  if (!built) return session.console.fail(built.errors());
  return deliver(session, arguments.file, to_json(built->instance), "the instance");
}

std::shared_ptr<GenerateArguments> add_kind(CLI::App& parent, const std::string& name,
                                            const std::string& summary) {
  auto arguments = std::make_shared<GenerateArguments>();
  CLI::App* command = parent.add_subcommand(name, summary);
  arguments->command = command;
  FleetShape& shape = arguments->shape;
  const auto size = [&](const std::string& flag, int& value, int most, const std::string& what) {
    command->add_option(flag, value, what)->check(CLI::Range(1, most))->capture_default_str();
  };
  size("--classes", shape.classes, kMostGeneratedClasses, "classes of requests");
  size("--models", shape.models, kMostGeneratedModels,
       "candidate models; beyond the catalog, variants of its models");
  size("--gpus", shape.gpus, kMostGeneratedGpus,
       "pools of GPUs; beyond the catalog, further zones of its GPUs");
  command->add_option("--seed", shape.seed, "seed of the random choices")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_flag("--boxes", shape.boxes,
                    "boxes of 8 GPUs, a few of them reserved at a discount");
  command
      ->add_option("--preset", arguments->preset,
                   "a set-up of fixed size: paper (the studies of Cheng and Nguyen)")
      ->check(CLI::IsMember({"paper"}));
  command->add_option("-o", arguments->file, "write to FILE instead of standard output");
  return arguments;
}

}  // namespace

void add_generate(CLI::App& app, Session& session) {
  CLI::App* parent = app.add_subcommand("generate", "Make a synthetic problem for benchmarks");
  parent->require_subcommand(1);

  const auto fleet = add_kind(*parent, "fleet", "A FLEET.yaml");
  parent->get_subcommand("fleet")->callback([fleet, &session] {
    session.run = [fleet, &session] { return run_generate_fleet(*fleet, session); };
  });

  const auto instance = add_kind(*parent, "instance", "A berth.instance/1 with every option");
  CLI::App* command = parent->get_subcommand("instance");
  command->add_flag("--undominated", instance->undominated, "drop dominated options");
  command->callback([instance, &session] {
    session.run = [instance, &session] { return run_generate_instance(*instance, session); };
  });
}

}  // namespace berth::cli
