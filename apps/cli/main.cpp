// berth: plans fleets that serve large language models. One subcommand a file in commands/.

#include <array>
#include <csignal>
#include <exception>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "berth/core/text.h"

namespace berth::cli {
namespace {

using AddCommand = void (*)(CLI::App&, Session&);

constexpr std::array<AddCommand, 22> kCommands = {
    add_plan,      add_solve,    add_check,      add_diff,    add_simulate, add_stress,
    add_replay,    add_watch,    add_serve,      add_explain, add_predict,  add_validate,
    add_calibrate, add_workload, add_catalog,    add_export,  add_generate, add_import,
    add_study,     add_schema,   add_completion, add_version};

/// The deepest subcommand the user named: its help and its flags are the ones to show.
const CLI::App& chosen(const CLI::App& app) {
  const CLI::App* deepest = &app;
  while (!deepest->get_subcommands().empty()) deepest = deepest->get_subcommands().front();
  return *deepest;
}

std::string full_name(const CLI::App& app) {
  if (app.get_parent() == nullptr) return app.get_name();
  return full_name(*app.get_parent()) + " " + app.get_name();
}

std::vector<std::string> known_words(const CLI::App& app, bool flags) {
  std::vector<std::string> words;
  if (flags) {
    for (const CLI::Option* option : app.get_options()) {
      for (const std::string& name : option->get_lnames()) words.push_back("--" + name);
    }
    return words;
  }
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    words.push_back(command->get_name());
  }
  return words;
}

std::string ask_for_help(const CLI::App& app) {
  return "'" + full_name(app) + " --help' lists what there is";
}

/// One error for every word nobody expected, with the closest one that is.
Errors unexpected_words(const CLI::App& app) {
  const CLI::App& where = chosen(app);
  Errors errors;
  for (const std::string& word : app.remaining(true)) {
    const bool is_flag = word.starts_with("-");
    const std::string name = word.substr(0, word.find('='));
    const std::optional<std::string> match = closest_match(name, known_words(where, is_flag));
    errors.push_back(Error{ErrorCode::kUsage,
                           (is_flag ? "unknown flag '" : "unexpected argument '") + name + "'", "",
                           match ? "did you mean '" + *match + "'?" : ask_for_help(where)});
  }
  if (errors.empty())
    errors.push_back(Error{ErrorCode::kUsage, "unexpected arguments", "", ask_for_help(where)});
  return errors;
}

void describe(CLI::App& app, Session& session) {
  app.name("berth");
  app.require_subcommand(1);
  app.fallthrough();
  app.get_formatter()->column_width(34);
  app.add_flag_callback(
      "--quiet,-q", [&session] { session.console.set_quiet(true); }, "no notes on stderr");
  app.footer(
      "Documentation: docs/quickstart.md. Exit codes: 0 success, 1 wrong usage or input,\n"
      "2 differences found, 3 infeasible, 4 limit reached before any plan, 70 internal error.");
  for (const AddCommand add : kCommands) add(app, session);
}

int run(int argc, char** argv) {
  Session session;
  CLI::App app{
      "Plans fleets that serve large language models: which model on which GPUs, how many,\n"
      "how parallel, and which share of the traffic goes where."};
  describe(app, session);

  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a failed write, reported as such

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& help) {
    return app.exit(help);
  } catch (const CLI::ExtrasError&) {
    return session.console.fail(unexpected_words(app));
  } catch (const CLI::ParseError& problem) {
    // A word nobody knows explains a missing subcommand or argument better than the lack of it.
    if (!app.remaining(true).empty()) return session.console.fail(unexpected_words(app));
    return session.console.fail(
        {Error{ErrorCode::kUsage, problem.what(), "", ask_for_help(chosen(app))}});
  }
  return session.run();
}

}  // namespace
}  // namespace berth::cli

int main(int argc, char** argv) {
  try {
    return berth::cli::run(argc, argv);
  } catch (const std::exception& problem) {
    std::fprintf(stderr, "error: internal error: %s; this is a bug in Berth\n", problem.what());
    return berth::cli::kInternalError;
  }
}
