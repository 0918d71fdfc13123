// berth study stress|volatility|azure|sensitivity: what plans are worth when the world moves.

#include "berth/experiment/experiment.h"

#include <filesystem>
#include <memory>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/core/text.h"
#include "berth/output/experiment_report.h"
#include "berth/output/format.h"
#include "berth/output/svg.h"

namespace berth::cli {
namespace {

struct ExperimentArguments {
  ExperimentRequest request;
  std::string time_limit;
  bool scenarios_given = false;
  std::vector<std::string> traces;
  std::string directory;
};

std::string command_of(const ExperimentArguments& a) {
  std::vector<std::string> words = {"berth", "study", std::string(to_string(a.request.kind)),
                                    "--seed", std::to_string(a.request.seed)};
  if (a.request.quick) words.emplace_back("--quick");
  if (!a.time_limit.empty()) words.insert(words.end(), {"--time-limit", a.time_limit});
  if (a.scenarios_given) {
    words.insert(words.end(), {"--scenarios", std::to_string(a.request.scenarios)});
  }
  for (const std::string& trace : a.traces) words.insert(words.end(), {"--trace", trace});
  return shell_words(words);
}

int write_all(const std::string& directory, const Experiment& experiment, Session& session) {
  const std::string name(to_string(experiment.kind));
  const auto write = [&](const std::string& file, const std::string& content, const char* what) {
    return deliver(session, (std::filesystem::path(directory) / file).string(), content, what);
  };
  int status = write(name + ".csv", to_csv(experiment), "the rows");
  for (const ExperimentPlot& plot : experiment_plots(experiment)) {
    if (status != kSuccess) return status;
    status = write(name + "-" + plot.name + ".svg", svg_file(plot.svg, plot.height), "a plot");
  }
  if (status != kSuccess) return status;
  return write(name + ".html", to_html_report(experiment), "the page");
}

int run_experiment_command(ExperimentArguments& a, Session& session) {
  Errors errors;
  if (Status read = read_duration("--time-limit", a.time_limit, a.request.time_limit); !read) {
    errors = std::move(read).errors();
  }
  if (Status ready = prepare_directory(a.directory); !ready) {
    errors.insert(errors.end(), ready.errors().begin(), ready.errors().end());
  }
  if (!errors.empty()) return session.console.fail(errors);
  if (a.request.quick && a.time_limit.empty()) a.request.time_limit = Seconds{1.0};
  if (a.request.quick && !a.scenarios_given) a.request.scenarios = 60;
  for (const std::string& trace : a.traces) {
    a.request.traces.push_back(parse_trace_source(trace));
  }
  stop_on_interrupt(session);
  a.request.stop = &session.stop;
  a.request.on_step = [&session](const std::string& what) { session.console.progress(what); };
  Result<Experiment> experiment = run_experiment(a.request);
  if (!experiment) return session.console.fail(experiment.errors());
  experiment->command = command_of(a);
  experiment->version = BERTH_VERSION;
  if (!a.directory.empty()) {
    const int status = write_all(a.directory, *experiment, session);
    if (status != kSuccess) return status;
  }
  const TableStyle style{
      .color = session.console.color(), .wide = false, .width = session.console.width()};
  return deliver(session, "", to_table(*experiment, style), "");
}

void add_experiment(CLI::App& parent, Session& session, ExperimentKind kind,
                    const std::string& summary) {
  auto a = std::make_shared<ExperimentArguments>();
  a->request.kind = kind;
  CLI::App* command = parent.add_subcommand(std::string(to_string(kind)), summary);
  command->add_flag("--quick", a->request.quick, "smaller, under a minute");
  command->add_option("--seed", a->request.seed, "the same seed gives the same study")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  if (kind == ExperimentKind::kStress || kind == ExperimentKind::kSensitivity) {
    command->add_option("--time-limit", a->time_limit,
                        "of each plan (default 5s, 1s with --quick)");
  }
  if (kind == ExperimentKind::kStress) {
    command
        ->add_option("--scenarios", a->request.scenarios, "how many (default 500, 60 with --quick)")
        ->check(CLI::Range(1, 10'000'000));
  }
  if (kind == ExperimentKind::kAzure) {
    command
        ->add_option("--trace", a->traces,
                     "[NAME=]FILE of the Azure trace (repeatable); without, traffic is drawn from "
                     "the built-in workload")
        ->expected(1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  command->add_option("-o", a->directory,
                      "write the rows (CSV), plots (SVG) and a page (HTML) into this directory");
  command->callback([a, command, kind, &session] {
    a->scenarios_given = kind == ExperimentKind::kStress && command->count("--scenarios") > 0;
    session.run = [a, &session] { return run_experiment_command(*a, session); };
  });
}

}  // namespace

void add_experiments(CLI::App& study, Session& session) {
  add_experiment(study, session, ExperimentKind::kStress,
                 "Plans under inflated demand, latency and error, by headroom and robustness");
  add_experiment(
      study, session, ExperimentKind::kVolatility,
      "Planning once, following utilisation, planning again: demand that moves at random");
  add_experiment(study, session, ExperimentKind::kAzure, "The same on the Azure traces");
  add_experiment(study, session, ExperimentKind::kSensitivity,
                 "What budget, limits, prices and memory are worth");
}

}  // namespace berth::cli
