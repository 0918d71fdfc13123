// berth calibrate: coefficients of the delay model from measured runs.

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/measured_input.h"
#include "berth/calibrate/calibration.h"
#include "berth/catalog/catalog.h"
#include "berth/measure/compare.h"
#include "berth/output/calibration_table.h"
#include "berth/output/format.h"

namespace berth::cli {
namespace {

struct CalibrateArguments {
  MeasuredInput input;
  std::string coefficients;
  std::string output = "table";
  bool all = false;
  bool no_cross_validation = false;
};

std::string header_of(const CalibrateArguments& arguments) {
  std::string header =
      "# Coefficients of the delay model (docs/model.md). Written by `berth calibrate";
  for (const std::string& file : arguments.input.files) {
    header += " " + printable(std::filesystem::path(file).filename().string());
  }
  if (!arguments.input.prior.empty()) {
    header +=
        " --prior " + printable(std::filesystem::path(arguments.input.prior).filename().string());
  }
  return header +
         "`.\n# confidence: standard error of the logarithm; rows: measured numbers behind an "
         "entry.\n";
}

int run_calibrate(const CalibrateArguments& arguments, Session& session) {
  const Console& console = session.console;
  Result<MeasuredData> data = load_measured(arguments.input);
  if (!data) return console.fail(data.errors());
  const Catalog& catalog = data->catalog;
  Coefficients prior = catalog.coefficients();
  if (arguments.input.prior.empty()) add_usual_spreads(prior);
  const Validation validation = compare(data->files, std::move(data->rows), catalog);
  CalibrationOptions options;
  options.cross_validate = !arguments.no_cross_validation;
  if (console.shows_progress()) {
    options.on_progress = [&](const std::string& what) { console.progress("fitting: " + what); };
  }
  const Result<Calibration> calibration = calibrate(catalog, prior, validation, options);
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
  add_measured_options(*command, arguments->input);
  command->add_option("-o", arguments->coefficients,
                      "write the coefficients into this file, for --catalog of other commands");
  command->add_option("--prior", arguments->input.prior,
                      "start from this file of coefficients and spreads instead of the built-in "
                      "coefficients");
  command->add_flag("--no-cross-validation", arguments->no_cross_validation,
                    "only fit; do not hold models and GPUs out");
  command->add_flag("--all", arguments->all, "list every coefficient");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_calibrate(*arguments, session); };
  });
}

}  // namespace berth::cli
