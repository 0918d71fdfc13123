// berth schema fleet|deploy|telemetry: the JSON Schema of an input, for editors and CI.

#include "berth/fleet/schema.h"

#include <array>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "berth/core/text.h"
#include "berth/manifest/settings.h"
#include "berth/telemetry/mapping.h"

namespace berth::cli {
namespace {

struct SchemaRow {
  std::string_view name;
  std::string_view (*content)();
};
constexpr std::array kSchemas = {SchemaRow{"fleet", fleet_schema},
                                 SchemaRow{"deploy", deploy_schema},
                                 SchemaRow{"telemetry", telemetry_schema}};

int run_schema(const std::string& name, const std::string& file, Session& session) {
  std::vector<std::string> known;
  for (const SchemaRow& row : kSchemas) {
    if (row.name == name) return deliver(session, file, std::string(row.content()), "the schema");
    known.emplace_back(row.name);
  }
  return session.console.fail(
      {Error{ErrorCode::kUnknownName, "no schema for '" + name + "'", "", suggest(name, known)}});
}

}  // namespace

void add_schema(CLI::App& app, Session& session) {
  auto name = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("schema", "Print the JSON Schema of an input file");
  command->add_option("kind", *name, "fleet, deploy, telemetry")->required();
  command->add_option("-o", *file, "write to FILE");
  command->callback([name, file, &session] {
    session.run = [name, file, &session] { return run_schema(*name, *file, session); };
  });
}

}  // namespace berth::cli
