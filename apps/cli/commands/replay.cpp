// berth replay FLEET.yaml --demand SERIES.csv: policies over a rolling horizon.

#include "berth/replay/replay.h"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/switching_options.h"
#include "berth/core/text.h"
#include "berth/output/replay_table.h"
#include "berth/workload/fit.h"

namespace berth::cli {
namespace {

struct ReplayArguments {
  std::string fleet;
  std::string demand;
  std::vector<std::string> traces;
  std::vector<std::string> map;
  std::string window;
  std::string policies = "static,threshold,gh,agh,oracle";
  std::string forecast = kForecastNames[0];
  std::optional<double> headroom;
  SwitchingArguments switching;
  std::string time_limit;
  std::uint64_t seed = 1;
  int threads = 0;
  std::string file;
  std::string report;
  std::string output = "table";
};

void take(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}

/// The series to play, and the traffic that a fleet's classes take from it.
struct Played {
  DemandSeries series;
  Workload workload;
};

Result<Played> read_played(const ReplayArguments& a, double window_s) {
  if (a.demand.empty() == a.traces.empty()) {
    return Error{ErrorCode::kUsage, "expected either --demand or --trace", "",
                 "--demand SERIES.csv plays a demand series, --trace FILE a trace of requests"};
  }
  if (!a.demand.empty()) {
    Result<DemandSeries> series = read_demand_series(a.demand);
    if (!series) return series.errors();
    Result<Workload> workload = workload_of(*series);
    if (!workload) return workload.errors();
    return Played{*std::move(series), *std::move(workload)};
  }
  Result<FitOptions> options = fit_options(a.map, std::nullopt);
  if (!options) return options.errors();
  if (window_s > 0.0) options->window_s = window_s;
  std::vector<TraceSource> sources;
  for (const std::string& trace : a.traces) sources.push_back(parse_trace_source(trace));
  Result<Fit> fit = fit_traces(sources, *options);
  if (!fit) return fit.errors();
  if (fit->series.name.empty()) fit->series.name = a.traces.front();
  return Played{std::move(fit->series), std::move(fit->workload)};
}

/// "static" is both of its kind.
std::vector<std::string> policies_of(const std::string& list) {
  std::vector<std::string> names;
  const auto add = [&names](const std::string& name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  };
  for (const std::string& word : split(list, ',')) {
    const std::string name(trim(word));
    if (name == "static") {
      add("static-mean");
      add("static-peak");
    } else {
      add(name);
    }
  }
  return names;
}

struct PlannedReplay {
  Fleet fleet;
  DemandWindows windows;
  ReplayRequest request;
  std::string series;
};

Result<PlannedReplay> plan_replay(const ReplayArguments& a, Session& session) {
  PlannedReplay p;
  Errors errors;
  Seconds window{0.0};
  if (Status read = read_duration("--window", a.window, window); !read) take(errors, read.errors());
  if (Status read = read_duration("--time-limit", a.time_limit, p.request.limits.time); !read) {
    take(errors, read.errors());
  }
  if (a.headroom && !(*a.headroom >= 0.0 && *a.headroom <= 10.0)) {
    errors.push_back({ErrorCode::kOutOfRange, "expected a share from 0 to 10", "--headroom", ""});
  }
  Result<Played> played = read_played(a, window.value);
  if (!played) {
    take(errors, played.errors());
    return errors;
  }
  p.series = std::filesystem::path(played->series.name).filename().string();
  Result<DemandWindows> windows = DemandWindows::make(played->series, window.value);
  if (windows) {
    p.windows = *std::move(windows);
  } else {
    take(errors, windows.errors());
  }
  Result<Fleet> fleet =
      a.fleet.empty() ? default_fleet(played->workload) : read_fleet(a.fleet, &played->workload);
  if (fleet) {
    p.fleet = *std::move(fleet);
    if (a.headroom) p.fleet.policy.headroom = *a.headroom;
    // A plan is kept until the next window at least; nobody knows how much longer.
    if (p.windows.window_s() > 0.0) {
      p.fleet.policy.switching.hold = Seconds{p.windows.window_s()};
    }
    if (Status read = read_switching(a.switching, p.fleet.policy.switching); !read) {
      take(errors, read.errors());
    }
  } else {
    take(errors, fleet.errors());
  }
  if (!errors.empty()) return errors;
  p.request.policies = policies_of(a.policies);
  p.request.forecast = forecast_kind_of(a.forecast);
  p.request.seed = a.seed;
  p.request.threads = a.threads;
  p.request.max_changes = a.switching.max_changes;
  stop_on_interrupt(session);
  p.request.limits.stop = &session.stop;
  return p;
}

int run_replay_command(const ReplayArguments& a, Session& session) {
  Result<PlannedReplay> planned = plan_replay(a, session);
  if (!planned) return session.console.fail(planned.errors());
  PlannedReplay& p = *planned;
  if (session.console.shows_progress()) {
    p.request.on_progress = [&](std::size_t policy, std::size_t done) {
      session.console.progress(
          fmt::format("{}: {} of {} windows", p.request.policies[policy], done, p.windows.count()));
    };
  }
  Result<ReplayResult> result = run_replay(p.fleet, p.windows, p.request);
  if (!result) return session.console.fail(result.errors());
  result->series = p.series;
  if (!a.file.empty()) {
    const int status = deliver(session, a.file, to_json(*result), "the replay");
    if (status != kSuccess) return status;
  }
  if (!a.report.empty()) {
    const int status = deliver(session, a.report, to_html_report(*result), "the report");
    if (status != kSuccess) return status;
  }
  const TableStyle style{
      .color = session.console.color(), .wide = false, .width = session.console.width()};
  return deliver(session, "", a.output == "json" ? to_json(*result) : to_table(*result, style), "");
}

void add_horizon_options(CLI::App& command, ReplayArguments& a) {
  const auto repeatable = CLI::MultiOptionPolicy::TakeAll;
  command.add_option("--demand", a.demand, "SERIES.csv: rate and lengths by window and class");
  command.add_option("--trace", a.traces, "[NAME=]FILE: measured requests instead (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command.add_option("--map", a.map, "name=column of a trace (repeatable)")
      ->expected(1)
      ->multi_option_policy(repeatable);
  command.add_option("--window", a.window,
                     "how often is planned: a multiple of the series' own windows (default those; "
                     "10m for a trace)");
  command
      .add_option("--policies", a.policies,
                  "static (mean and peak), threshold, gh, agh, milp, fresh, oracle; by commas")
      ->capture_default_str();
  command
      .add_option("--forecast", a.forecast,
                  "what policies think that the next window brings: known, last, average, seasonal")
      ->check(CLI::IsMember(
          std::vector<std::string>(std::begin(kForecastNames), std::end(kForecastNames))))
      ->capture_default_str();
}

}  // namespace

void add_replay(CLI::App& app, Session& session) {
  auto a = std::make_shared<ReplayArguments>();
  CLI::App* command = app.add_subcommand(
      "replay", "Play measured demand window by window: what each way of (re-)planning costs");
  command->add_option("fleet", a->fleet, "FLEET.yaml; left out: built-in catalog and SLOs");
  add_horizon_options(*command, *a);
  command->add_option("--headroom", a->headroom, "plan for so much more, e.g. 0.1")
      ->check(CLI::Range(0.0, 10.0));
  add_change_options(*command, a->switching);
  command->get_option("--hold")->description(
      "how long a plan is taken to be kept when its changes are priced (default: a window)");
  command->get_option("--map")->needs(command->get_option("--trace"));
  command->add_option("--time-limit", a->time_limit, "of each plan, e.g. 2s for milp");
  command->add_option("--seed", a->seed, "seed of the random choices")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  command->add_option("--threads", a->threads, "policies side by side; 0 = all cores")
      ->check(CLI::Range(0, 1024));
  command->add_option("-o", a->file, "write the result (berth.replay/1) into this file");
  command->add_option("--report", a->report, "write a self-contained HTML report to FILE");
  command->add_option("--output", a->output, "what to print")
      ->check(CLI::IsMember({"table", "json"}))
      ->capture_default_str();
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_replay_command(*a, session); }; });
}

}  // namespace berth::cli
