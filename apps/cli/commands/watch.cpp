// berth watch FLEET.yaml --prometheus URL: the control loop.

#include "berth/control/watch.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/prometheus_input.h"
#include "apps/cli/switching_options.h"
#include "apps/cli/watch_setup.h"
#include "berth/control/endpoint.h"

namespace berth::cli {
namespace {

std::unique_ptr<Applier> applier_of(const WatchArguments& a, const WatchSetup& setup) {
  const ManifestTarget target = target_of(a);
  if (a.apply == "dir") {
    return make_directory_applier(setup.fleet, setup.settings, target, a.directory);
  }
  if (a.apply == "kubectl") {
    return make_kubectl_applier(setup.fleet, setup.settings, target, a.directory, a.kubectl);
  }
  return make_dry_applier(setup.fleet, setup.settings, target);
}

/// The past goes on where the history ends; a history is never gone through twice.
Result<std::unique_ptr<Clock>> clock_of(const WatchArguments& a, const WatchSetup& setup,
                                        History& history) {
  if (a.from.empty() && !a.once) return std::unique_ptr<Clock>(std::make_unique<SystemClock>());
  const auto latest = history.latest_time();
  if (!latest) return latest.errors();
  const double from = std::max(setup.from_s, latest->value_or(setup.from_s));
  return std::unique_ptr<Clock>(std::make_unique<PastClock>(from, setup.to_s));
}

/// A history is of one fleet, and of the past.
Status fits(History& history, const WatchArguments& a, const WatchSetup& setup) {
  const auto plan = history.latest_plan();
  if (!plan) return plan.errors();
  const std::string& own = setup.fleet.name;
  if (*plan && !(*plan)->plan.fleet.empty() && (*plan)->plan.fleet != own) {
    return Error{
        ErrorCode::kInconsistent,
        fmt::format("the history is of the fleet '{}', this is '{}'", (*plan)->plan.fleet, own),
        a.history, "name another --history"};
  }
  const auto latest = history.latest_time();
  if (!latest) return latest.errors();
  if (latest->value_or(0.0) > clock_time() + 1.0) {
    return Error{ErrorCode::kInconsistent, "the history goes beyond now: is the clock right?",
                 a.history, ""};
  }
  return Ok{};
}

/// What --once ends with: what a CronJob should be red for.
int outcome_of(const WatchSnapshot& now) {
  if (now.apply_errors > 0.0) return exit_status(ErrorCode::kUnwritable);
  const auto count = [&now](Decision::Kind kind) {
    const auto found = now.decisions.find(std::string(to_string(kind)));
    return found != now.decisions.end() ? found->second : 0.0;
  };
  if (count(Decision::Kind::kFail) > 0.0) return exit_status(ErrorCode::kInfeasible);
  if (count(Decision::Kind::kFreeze) > 0.0) return exit_status(ErrorCode::kLimitReached);
  return 0;
}

/// Windows that are too short to count in, told before the loop freezes on them. What cannot be
/// asked now is told by the looks.
void doubt_interval(WatchSetup& setup, const Clock& clock, const Console& console) {
  const std::optional<double> scrapes = setup.source->scrape_interval(clock.now_s());
  const double interval = setup.options.interval.value;
  if (!scrapes || interval >= 2.0 * *scrapes) return;
  console.note(fmt::format(
      "--interval: windows of {:g} s do not always hold two scrapes, which are {:g} s apart: where "
      "they do not, no rate can be read and the loop freezes. {:g} s or more will do, or more "
      "frequent scrapes",
      interval, *scrapes, 2.0 * *scrapes));
}

int run_watch(const WatchArguments& a, Session& session) {
  Result<WatchSetup> setup = set_up_watch(a, session);
  if (!setup) return session.console.fail(setup.errors());
  Result<History> history = History::open(a.history);
  if (!history) return session.console.fail(history.errors());
  if (const Status fitting = fits(*history, a, *setup); !fitting) {
    return session.console.fail(fitting.errors());
  }
  Result<std::unique_ptr<Clock>> clock = clock_of(a, *setup, *history);
  if (!clock) return session.console.fail(clock.errors());
  WatchStatus status;
  std::unique_ptr<Endpoint> endpoint;
  if (setup->listen) {
    Result<std::unique_ptr<Endpoint>> opened = Endpoint::open(*setup->listen, status, **clock);
    if (!opened) return session.console.fail(opened.errors());
    endpoint = *std::move(opened);
    session.console.note(
        fmt::format("metrics at http://{}:{}/metrics", setup->listen->host, endpoint->port()));
  }
  const std::unique_ptr<Applier> applier = applier_of(a, *setup);
  stop_on_interrupt(session);
  doubt_interval(*setup, **clock, session.console);
  Watch watch(setup->fleet, setup->options, *setup->source, *applier, *history, **clock, status);
  if (const Status done = watch.run(); !done) return session.console.fail(done.errors());
  return a.once ? outcome_of(status.get()) : 0;
}

void add_loop_options(CLI::App& command, WatchArguments& a) {
  command.add_option("--interval", a.interval, "between looks at the demand (default 5m)");
  command
      .add_option(
          "--forecast", a.forecast,
          "of what comes until a change is done: trend (the default), last, average, seasonal")
      ->check(CLI::IsMember({"trend", "last", "average", "seasonal"}));
  command.add_option("--lookback", a.lookback,
                     "demand read at each look (default 7 intervals, seasonal: a day more)");
  command.add_option("--stale-after", a.stale_after,
                     "freeze where the newest sample is older (default 2 intervals)");
  command.add_option("--tolerance", a.tolerance,
                     "share by which demand may leave what was planned for before replicas change "
                     "(default: half the headroom)");
  command.add_option(
      "--settle", a.settle,
      "wait this much longer after each stage, for whoever takes the manifests to the cluster "
      "(default: --apply dir 3m, else 0s)");
  command.add_option("--patience", a.patience,
                     "for replicas that are not ready, then what runs is the plan (default 15m)");
  command.add_flag("--no-calibration", a.no_calibration, "learn nothing from measured latency");
  command.add_option("--method", a.method, "of each plan: agh, gh, milp, ...");
  command.add_option("--headroom", a.headroom, "overrides the fleet's");
  command.add_option("--time-limit", a.time_limit, "of each plan");
  command.add_option("--seed", a.seed, "the same seed gives the same plans");
  add_change_options(command, a.switching);
}

void add_target_options(CLI::App& command, WatchArguments& a) {
  command
      .add_option("--apply", a.apply,
                  "none: decide and record; dir: keep -o DIR as the plan asks; kubectl: the "
                  "directory, and apply it")
      ->check(CLI::IsMember({"none", "dir", "kubectl"}));
  command.add_option("-o", a.directory, "directory of the manifests");
  command.add_option("--settings", a.settings, "how a plan becomes objects (berth.deploy/1)");
  command.add_option("--engine", a.engine, "write arguments for another engine, e.g. sglang");
  CLI::Option* kserve =
      command.add_flag("--kserve", a.kserve, "LLMInferenceServices instead of Deployments");
  command
      .add_flag("--keda", a.keda, "ScaledObjects that read this loop's targets own the replicas")
      ->excludes(kserve);
  command.add_option("--kubectl", a.kubectl, "the program to apply with");
  command.add_option("--history", a.history, "SQLite file to record in and to resume from")
      ->required();
  command.add_option("--keep-history", a.keep, "forget what is older (default 30 days)");
  command.add_option("--listen", a.listen,
                     "HOST:PORT for /metrics, /healthz, /readyz and /v1/targets");
  CLI::Option* from = command.add_option(
      "--from", a.from, "go through the past instead, at full speed: from this time");
  command.add_option("--to", a.to, "to this time (default now)")->needs(from);
  command.add_flag("--once", a.once, "look once, take the steps that are due, and end")
      ->excludes(from);
}

}  // namespace

void add_watch(CLI::App& app, Session& session) {
  auto a = std::make_shared<WatchArguments>();
  CLI::App* command =
      app.add_subcommand("watch", "Keep a fleet planned for the demand that Prometheus measures");
  command->add_option("fleet", a->fleet, "FLEET.yaml, with a telemetry: section")->required();
  add_prometheus_options(*command, a->input)->required();
  add_loop_options(*command, *a);
  add_target_options(*command, *a);
  command->callback(
      [a, &session] { session.run = [a, &session] { return run_watch(*a, session); }; });
}

}  // namespace berth::cli
