// berth version

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"

namespace berth::cli {

void add_version(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  command->callback([&session] {
    session.run = [&session] {
      return deliver(session, "", "berth " BERTH_VERSION "\n", "the version");
    };
  });
}

}  // namespace berth::cli
