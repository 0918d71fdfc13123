// berth workload fit|generate: traces to query classes, and back.

#include <memory>

#include <CLI/CLI.hpp>

#include "apps/cli/command.h"
#include "apps/cli/workload_prometheus.h"
#include "berth/core/file.h"
#include "berth/output/workload_table.h"
#include "berth/workload/fit.h"
#include "berth/workload/generate.h"
#include "berth/workload/workload_yaml.h"

namespace berth::cli {
namespace {

struct FitArguments {
  std::vector<std::string> traces;
  std::vector<std::string> map;
  std::optional<int> classes;
  bool by_file = false;
  std::string window;
  std::string series;
  std::string file;
  MetricsFit metrics;
};

int run_on_metrics(const FitArguments& arguments, Session& session) {
  MetricsFit metrics = arguments.metrics;
  metrics.series = arguments.series;
  metrics.file = arguments.file;
  return run_metrics_fit(metrics, session);
}

int run_fit(const FitArguments& arguments, Session& session) {
  const Console& console = session.console;
  if (!arguments.metrics.input.url.empty()) return run_on_metrics(arguments, session);
  if (arguments.traces.empty()) {
    return console.fail({Error{ErrorCode::kUsage, "no trace to fit", "",
                               "name a trace file, or a server with --prometheus URL"}});
  }
  Result<FitOptions> options = fit_options(arguments.map, arguments.classes);
  if (!options) return console.fail(options.errors());
  Seconds window{options->window_s};
  if (Status read = read_duration("--window", arguments.window, window); !read)
    return console.fail(read.errors());
  options->window_s = window.value;

  std::vector<TraceSource> sources;
  for (const std::string& argument : arguments.traces)
    sources.push_back(parse_trace_source(argument));
  const Result<Fit> fit = fit_traces(sources, *options);
  if (!fit) return console.fail(fit.errors());

  if (!arguments.series.empty()) {
    const int status = deliver(session, arguments.series, to_csv(fit->series), "the demand series");
    if (status != kSuccess) return status;
  }
  const std::string yaml = to_yaml(fit->workload);
  if (arguments.file.empty()) return deliver(session, "", yaml, "the workload");
  const int status = deliver(session, arguments.file, yaml, "the workload");
  return status != kSuccess ? status : deliver(session, "", to_table(*fit), "the classes");
}

struct GenerateArguments {
  std::string workload;
  std::string duration;
  std::uint64_t seed = 1;
  std::string arrivals = kArrivalProcessNames[0];
  std::string file;
};

int run_generate(const GenerateArguments& arguments, Session& session) {
  Console& console = session.console;
  Seconds duration{0.0};
  if (Status read = read_duration("--duration", arguments.duration, duration); !read)
    return console.fail(read.errors());
  const Result<Workload> workload = read_workload(arguments.workload);
  if (!workload) return console.fail(workload.errors());

  const GenerateOptions options{.duration_s = duration.value,
                                .seed = arguments.seed,
                                .process = arrival_process_of(arguments.arrivals)};
  if (!arguments.file.empty()) {
    const Status written =
        generate_trace(*workload, options, std::filesystem::path(arguments.file));
    if (!written) return console.fail(written.errors());
    console.note("wrote the trace to " + arguments.file);
    return kSuccess;
  }
  const Status written =
      generate_trace(*workload, options, [&console](std::string_view text) -> Status {
        console.print(text);
        if (console.finish() != kSuccess) {
          return Error{ErrorCode::kUnwritable, "the trace was cut short", "", ""};
        }
        return Ok{};
      });
  return written ? console.finish() : console.fail(written.errors());
}

void add_fit(CLI::App& parent, Session& session) {
  auto arguments = std::make_shared<FitArguments>();
  CLI::App* command = parent.add_subcommand(
      "fit",
      "Turn request traces, or metrics of a Prometheus, into query classes and a demand series");
  CLI::Option* traces = command->add_option("traces", arguments->traces,
                                            "[NAME=]TRACE, plain, gzip or zstd (repeatable)");
  CLI::Option* map =
      command
          ->add_option("--map", arguments->map,
                       "role=column: timestamp, prompt, output, class, images, hash_ids, or "
                       "timestamp_unit=ms (repeatable)")
          ->expected(1)
          ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  CLI::Option* by_file =
      command->add_flag("--by-file", arguments->by_file, "one class a trace (the default)");
  CLI::Option* classes = command
                             ->add_option("--classes", arguments->classes,
                                          "this many classes, cut by prompt and output length")
                             ->check(CLI::Range(1, kMaxFittedClasses))
                             ->excludes(by_file);
  CLI::Option* window = command->add_option("--window", arguments->window,
                                            "window of the demand series (default 10m)");
  command->add_option("--series", arguments->series, "write the demand series (CSV) to FILE");
  command->add_option("-o", arguments->file,
                      "write the workload (YAML) to FILE and print a table instead");
  CLI::Option* url = add_metrics_fit(*command, arguments->metrics);
  for (CLI::Option* of_traces : {traces, map, classes, by_file, window}) url->excludes(of_traces);
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_fit(*arguments, session); };
  });
}

void add_generate_trace(CLI::App& parent, Session& session) {
  auto arguments = std::make_shared<GenerateArguments>();
  CLI::App* command =
      parent.add_subcommand("generate", "Draw a synthetic trace from a fitted workload");
  command->add_option("workload", arguments->workload, "WORKLOAD.yaml or a demand series (CSV)")
      ->required();
  command->add_option("--duration", arguments->duration, "length of the trace, e.g. 1h")
      ->required();
  command->add_option("--seed", arguments->seed, "the same seed gives the same trace")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command
      ->add_option("--arrivals", arguments->arrivals, "distribution of the gaps between requests")
      ->check(CLI::IsMember(std::vector<std::string>(std::begin(kArrivalProcessNames),
                                                     std::end(kArrivalProcessNames))))
      ->capture_default_str();
  command->add_option("-o", arguments->file,
                      "write the trace (CSV) to FILE instead of standard output");
  command->callback([arguments, &session] {
    session.run = [arguments, &session] { return run_generate(*arguments, session); };
  });
}

}  // namespace

void add_workload(CLI::App& app, Session& session) {
  CLI::App* command =
      app.add_subcommand("workload", "Fit traces to query classes; generate traces");
  command->require_subcommand(1);
  add_fit(*command, session);
  add_generate_trace(*command, session);
}

}  // namespace berth::cli
