// berth import: files of other tools as Berth's own (docs/import.md).

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <system_error>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/measured_input.h"
#include "berth/core/file.h"
#include "berth/import/aibrix.h"
#include "berth/import/bench_result.h"
#include "berth/import/melange.h"
#include "berth/import/skypilot_prices.h"
#include "berth/instance/instance_json.h"
#include "berth/measure/write_measured.h"

namespace berth::cli {
namespace {

struct ImportArguments {
  std::vector<std::string> files;
  std::vector<std::string> loads;    ///< of aibrix
  std::vector<std::string> catalog;  ///< of skypilot-prices, on top of the built-in one
  PriceListOptions prices;
  MeasuredInput runs;  ///< of load generators
  std::string file;    ///< to write
};

void tell_notes(const std::vector<std::string>& notes, const Session& session) {
  for (const std::string& note : notes) session.console.note("note: " + note);
}

int deliver_problem(const ImportArguments& arguments, const Result<ImportedProblem>& problem,
                    Session& session) {
  if (!problem) return session.console.fail(problem.errors());
  tell_notes(problem->notes, session);
  return deliver(session, arguments.file, to_json(problem->instance), "the instance");
}

int run_melange(const ImportArguments& arguments, Session& session) {
  const std::string& file = arguments.files.front();
  const Result<std::string> content = read_file(file);
  if (!content) return session.console.fail(content.errors());
  return deliver_problem(arguments, import_melange(file, *content), session);
}

std::vector<NamedText> read_texts(const std::vector<std::string>& files, Errors& errors) {
  std::vector<NamedText> texts;
  for (const std::string& file : files) {
    Result<std::string> content = read_file(file);
    if (content) {
      texts.push_back({file, *std::move(content)});
    } else {
      errors.insert(errors.end(), content.errors().begin(), content.errors().end());
    }
  }
  return texts;
}

int run_aibrix(const ImportArguments& arguments, Session& session) {
  Errors errors;
  const std::vector<NamedText> profiles = read_texts(arguments.files, errors);
  const std::vector<NamedText> loads = read_texts(arguments.loads, errors);
  if (!errors.empty()) return session.console.fail(errors);
  return deliver_problem(arguments, import_aibrix(profiles, loads), session);
}

/// SkyPilot keeps its lists as <cloud>/vms.csv.
std::string cloud_of(const std::string& file) {
  const std::filesystem::path path = file;
  return path.stem() == "vms" ? path.parent_path().filename().string() : std::string();
}

/// When the file was last changed, as 2026-07-31.
Result<std::string> date_of(const std::string& file) {
  std::error_code failed;
  const auto changed = std::filesystem::last_write_time(file, failed);
  if (failed) return Error{ErrorCode::kUnreadable, failed.message(), file, "add --date 2026-01-31"};
  const std::chrono::year_month_day day{
      std::chrono::floor<std::chrono::days>(std::chrono::file_clock::to_sys(changed))};
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

int run_skypilot_prices(const ImportArguments& arguments, Session& session) {
  const std::string& file = arguments.files.front();
  PriceListOptions options = arguments.prices;
  std::vector<std::string> entries = {"builtin"};
  entries.insert(entries.end(), arguments.catalog.begin(), arguments.catalog.end());
  const Result<Catalog> catalog = load_catalog(entries, "");
  const Result<std::string> content = read_file(file);
  Errors errors;
  if (!catalog) errors = catalog.errors();
  if (!content) errors.insert(errors.end(), content.errors().begin(), content.errors().end());
  if (options.cloud.empty()) options.cloud = cloud_of(file);
  if (content && options.date.empty()) {
    Result<std::string> date = date_of(file);
    if (date) options.date = *date;
    if (!date) errors.insert(errors.end(), date.errors().begin(), date.errors().end());
  }
  if (!errors.empty()) return session.console.fail(errors);

  const Result<PriceList> list = import_skypilot_prices(file, *content, options, *catalog);
  if (!list) return session.console.fail(list.errors());
  tell_notes(list->notes, session);
  return deliver(session, arguments.file, to_yaml(*list, options), "the offers");
}

int run_benchmark(const BenchFormat& format, const ImportArguments& arguments, Session& session) {
  const Result<MeasuredData> data = load_measured(
      arguments.runs,
      [&format](const std::string& file, const RunFacts& said) -> Result<std::vector<MeasuredRow>> {
        const Result<std::string> content = read_file(file);
        if (!content) return content.errors();
        return import_benchmark(format, file, *content, said);
      });
  if (!data) return session.console.fail(data.errors());
  return deliver(session, arguments.file, to_csv(std::span(data->rows)), "the rows");
}

CLI::App& add_source(CLI::App& parent, const std::string& name, const std::string& summary,
                     const std::shared_ptr<ImportArguments>& arguments) {
  CLI::App* command = parent.add_subcommand(name, summary);
  command->add_option("-o", arguments->file, "write to FILE instead of standard output");
  return *command;
}

void run_with(CLI::App& command, const std::shared_ptr<ImportArguments>& arguments,
              Session& session, const std::function<int(const ImportArguments&, Session&)>& run) {
  command.callback([arguments, run, &session] {
    session.run = [arguments, run, &session] { return run(*arguments, session); };
  });
}

void add_problems(CLI::App& parent, Session& session) {
  auto melange = std::make_shared<ImportArguments>();
  CLI::App& config = add_source(
      parent, "melange", "A configuration of Mélange as an instance for `berth solve`", melange);
  config.add_option("file", melange->files, "CONFIG.json")->required()->expected(1);
  run_with(config, melange, session, run_melange);

  auto aibrix = std::make_shared<ImportArguments>();
  CLI::App& profiles = add_source(
      parent, "aibrix", "Profiles of AIBrix's GPU optimizer and a load as an instance", aibrix);
  profiles.add_option("profiles", aibrix->files, "PROFILE.json of each GPU")->required();
  profiles
      .add_option("--load", aibrix->loads,
                  "the requests: a window of the gateway's request trace, or the generator's "
                  "workload.jsonl (repeatable)")
      ->required()
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  run_with(profiles, aibrix, session, run_aibrix);
}

void add_prices(CLI::App& parent, Session& session) {
  auto arguments = std::make_shared<ImportArguments>();
  CLI::App& command = add_source(parent, "skypilot-prices",
                                 "A price list of SkyPilot as a catalog of offers", arguments);
  command.add_option("file", arguments->files, "vms.csv of a cloud")->required()->expected(1);
  command.add_option("--cloud", arguments->prices.cloud,
                     "the cloud; default: the directory of a vms.csv");
  command.add_option("--region", arguments->prices.regions, "this region alone (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command.add_option("--date", arguments->prices.date,
                     "when the prices were read; default: when the file was last changed");
  command
      .add_option("--catalog", arguments->catalog,
                  "a catalog file with GPUs of your own on top of the built-in one (repeatable)")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  run_with(command, arguments, session, run_skypilot_prices);
}

void add_benchmarks(CLI::App& parent, Session& session) {
  for (const BenchFormat& format : bench_formats()) {
    auto arguments = std::make_shared<ImportArguments>();
    CLI::App& command = add_source(
        parent, std::string(format.word),
        fmt::format("Results of {} as a table of measured runs", format.name), arguments);
    command.add_option("files", arguments->runs.files, "BENCH.json (several files)")->required();
    add_run_facts(command, arguments->runs);
    run_with(command, arguments, session,
             [&format](const ImportArguments& own, Session& own_session) {
               return run_benchmark(format, own, own_session);
             });
  }
}

}  // namespace

void add_import(CLI::App& app, Session& session) {
  CLI::App* command = app.add_subcommand("import", "Turn files of other tools into Berth's own");
  command->require_subcommand(1);
  add_problems(*command, session);
  add_prices(*command, session);
  add_benchmarks(*command, session);
}

}  // namespace berth::cli
