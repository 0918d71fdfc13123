// berth catalog models|gpus|offers [NAME]: the facts plans rest on, with their sources.

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "berth/core/text.h"
#include "berth/output/catalog_json.h"
#include "berth/output/catalog_table.h"

namespace berth::cli {
namespace {

struct CatalogArguments {
  std::string kind;
  std::string name;
  std::vector<std::string> files;
  std::string output = "table";
};

Result<CatalogKind> read_kind(const std::string& word) {
  if (const std::optional<CatalogKind> kind = catalog_kind_from(word)) return *kind;
  const std::vector<std::string> known = {"models", "gpus", "offers"};
  return Error{ErrorCode::kUsage, "the catalog has no '" + word + "'", "", suggest(word, known)};
}

Result<Catalog> read_catalog(const std::vector<std::string>& files) {
  if (files.empty()) return load_builtin_catalog();
  std::vector<std::string> entries = {"builtin"};
  entries.insert(entries.end(), files.begin(), files.end());
  return load_catalog(entries, "");
}

int run_catalog(const CatalogArguments& arguments, Session& session) {
  const Console& console = session.console;
  const Result<CatalogKind> kind = read_kind(arguments.kind);
  if (!kind) return console.fail(kind.errors());
  const Result<Catalog> catalog = read_catalog(arguments.files);
  if (!catalog) return console.fail(catalog.errors());

  const bool json = arguments.output == "json";
  const TableStyle style{
      .color = console.color(), .wide = arguments.output == "wide", .width = console.width()};
  if (arguments.name.empty()) {
    return deliver(session, "", json ? to_json(*catalog, *kind) : to_table(*catalog, *kind, style),
                   "the catalog");
  }
  const Result<std::string> entry = json ? to_json(*catalog, *kind, arguments.name)
                                         : to_table(*catalog, *kind, arguments.name, style);
  return entry ? deliver(session, "", *entry, "the entry") : console.fail(entry.errors());
}

}  // namespace

void add_catalog(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<CatalogArguments>();
  CLI::App* command =
      app.add_subcommand("catalog", "Show the models, GPUs and cloud offers, with sources");
  command->add_option("kind", arguments->kind, "models, gpus or offers")->required();
  command->add_option(
      "name", arguments->name,
      "one entry in full (name or alias); for offers a cloud, region, instance or GPU");
  command
      ->add_option("--catalog", arguments->files,
                   "a catalog file of your own on top of the built-in one (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "wide", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_catalog(*arguments, session); };
  });
}

}  // namespace berth::cli
