// berth validate: what the delay model predicts against what was measured.

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/measured_input.h"
#include "berth/measure/compare.h"
#include "berth/measure/validation_csv.h"
#include "berth/output/svg.h"
#include "berth/output/validation_charts.h"
#include "berth/output/validation_json.h"
#include "berth/output/validation_report.h"
#include "berth/output/validation_table.h"

namespace berth::cli {
namespace {

constexpr std::size_t kMostWorst = 1'000'000;

struct ValidateArguments {
  MeasuredInput input;
  std::string directory;
  std::string output = "table";
  std::size_t worst = 10;
};

int write_outputs(const ValidateArguments& arguments, const Validation& validation,
                  Session& session) {
  const std::filesystem::path directory = arguments.directory;
  const auto write = [&](const std::string& file, const std::string& content, const char* what) {
    return deliver(session, (directory / file).string(), content, what);
  };
  int status = write("validation.csv", to_csv(validation), "the rows");
  for (const ValidationChart& chart : validation_charts(validation)) {
    if (status != kSuccess) return status;
    status = write(chart.name + ".svg", svg_file(chart.svg, chart.height), "a plot");
  }
  if (status != kSuccess) return status;
  return write("validation.html", to_html_report(validation), "the page");
}

int run_validate(const ValidateArguments& arguments, Session& session) {
  const Console& console = session.console;
  Result<MeasuredData> data = load_measured(arguments.input);
  if (!data) return console.fail(data.errors());

  const Validation validation = compare(data->files, std::move(data->rows), data->catalog);
  if (!arguments.directory.empty()) {
    const int status = write_outputs(arguments, validation, session);
    if (status != kSuccess) return status;
  }
  const TableStyle style{.color = console.color(), .wide = false, .width = console.width()};
  return deliver(session, "",
                 arguments.output == "json" ? to_json(validation)
                                            : to_table(validation, style, arguments.worst),
                 "");
}

}  // namespace

void add_validate(CLI::App& app, Session& session) {
  auto arguments = std::make_shared<ValidateArguments>();
  CLI::App* command =
      app.add_subcommand("validate", "Compare what is predicted with what was measured");
  add_measured_options(*command, arguments->input);
  command->add_option_function<std::string>(
      "--coefficients",
      [arguments](const std::string& file) { arguments->input.catalog.push_back(file); },
      "the coefficients that `berth calibrate -o FILE` wrote, over the built-in ones");
  command->add_option("--worst", arguments->worst, "how many of the rows furthest off to list")
      ->check(CLI::Range(std::size_t{0}, kMostWorst))
      ->capture_default_str();
  command->add_option("-o", arguments->directory,
                      "write the rows (CSV), plots (SVG) and a page (HTML) into this directory");
  command->add_option("--output", arguments->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_validate(*arguments, session); };
  });
}

}  // namespace berth::cli
