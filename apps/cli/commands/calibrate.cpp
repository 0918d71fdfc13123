// berth calibrate: coefficients of the delay model from measured runs.

#include "berth/calibrate/calibration.h"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/catalog/catalog.h"
#include "berth/measure/compare.h"
#include "berth/measure/read_measured.h"
#include "berth/output/calibration_table.h"

namespace berth::cli {
namespace {

struct CalibrateArguments {
  std::vector<std::string> files;
  std::string prior;
  std::string coefficients;
  std::string output = "table";
  bool all = false;
  bool no_cross_validation = false;
  std::vector<std::string> catalog;
};

Result<Catalog> catalog_of(const CalibrateArguments& arguments) {
  std::vector<std::string> entries = {arguments.prior.empty() ? "builtin"
                                                              : std::string(kBuiltinFacts)};
  entries.insert(entries.end(), arguments.catalog.begin(), arguments.catalog.end());
  if (!arguments.prior.empty()) entries.push_back(arguments.prior);
  return load_catalog(entries, "");
}

std::string header_of(const CalibrateArguments& arguments) {
  std::string header = "# Coefficients of the delay model (docs/model.md). Written by `berth calibrate";
  for (const std::string& file : arguments.files) {
    header += " " + std::filesystem::path(file).filename().string();
  }
  if (!arguments.prior.empty()) {
    header += " --prior " + std::filesystem::path(arguments.prior).filename().string();
  }
  return header + "`.\n# confidence: standard error of the logarithm; rows: measured numbers behind an entry.\n";
}

int run_calibrate(const CalibrateArguments& arguments, Session& session) {
  const Console& console = session.console;
  const Result<Catalog> catalog = catalog_of(arguments);
  Errors errors;
  if (!catalog) errors = catalog.errors();
  std::vector<MeasuredRow> rows;
  for (const std::string& file : arguments.files) {
    Result<std::vector<MeasuredRow>> read = read_measured(file);
    if (!read) {
      errors.insert(errors.end(), read.errors().begin(), read.errors().end());
      continue;
    }
    rows.insert(rows.end(), read->begin(), read->end());
  }
  if (!errors.empty()) return console.fail(errors);

  Coefficients prior = catalog->coefficients();
  if (arguments.prior.empty()) add_usual_spreads(prior);
  const Validation validation = compare(arguments.files.front(), std::move(rows), *catalog);
  CalibrationOptions options;
  options.cross_validate = !arguments.no_cross_validation;
  if (console.shows_progress()) {
    options.on_progress = [&](const std::string& what) { console.progress("fitting: " + what); };
  }
  const Result<Calibration> calibration = calibrate(*catalog, prior, validation, options);
  if (!calibration) return console.fail(calibration.errors());
  if (!arguments.coefficients.empty()) {
    const int status =
        deliver(session, arguments.coefficients,
                to_yaml(calibration->coefficients, header_of(arguments)), "the coefficients");
    if (status != kSuccess) return status;
  }
  const TableStyle style{.color = console.color(), .wide = false, .width = console.width()};
  return deliver(session, "",
                 arguments.output == "json" ? to_json(*calibration)
                                            : to_table(*calibration, style, arguments.all),
                 "");
}

}  // namespace

void add_calibrate(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<CalibrateArguments>();
  CLI::App* command =
      app.add_subcommand("calibrate", "Fit the delay model's coefficients to measured runs");
  command
      ->add_option("measured", arguments->files, "MEASURED.csv: one measured number a row")
      ->required();
  command->add_option("-o", arguments->coefficients,
                      "write the coefficients into this file, for --catalog of other commands");
  command->add_option("--prior", arguments->prior,
                      "start from this file of coefficients and spreads instead of the built-in "
                      "coefficients");
  command->add_flag("--no-cross-validation", arguments->no_cross_validation,
                    "only fit; do not hold models and GPUs out");
  command->add_flag("--all", arguments->all, "list every coefficient");
  command
      ->add_option("--catalog", arguments->catalog,
                   "a catalog file of your own on top of the built-in one (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_calibrate(*arguments, session); };
  });
}

}  // namespace berth::cli
