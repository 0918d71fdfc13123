// berth watch FLEET.yaml --prometheus URL: the control loop.

#include "berth/control/watch.h"

#include <algorithm>
#include <memory>
#include <optional>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "apps/cli/prometheus_input.h"
#include "apps/cli/switching_options.h"
#include "berth/control/endpoint.h"
#include "berth/solve/registry.h"

namespace berth::cli {
namespace {

constexpr double kDefaultHysteresis = 0.05;
constexpr double kDaySeconds = 86'400.0;
// Whoever takes a directory to a cluster looks at it every few minutes.
constexpr Seconds kSettleOfDirectories{180.0};

struct WatchArguments {
  std::string fleet;
  std::optional<double> headroom;
  PrometheusInput input;
  SwitchingArguments switching;
  std::string method = "agh";
  std::string time_limit;
  std::uint64_t seed = 1;
  std::string interval, lookback, settle, patience, stale_after, keep;
  std::string forecast = "trend";
  std::optional<double> tolerance;
  bool no_calibration = false;
  std::string apply = "none";
  std::string directory;
  std::string settings;
  std::string engine;
  std::string kubectl = "kubectl";
  bool kserve = false;
  bool keda = false;
  std::string history;
  std::string listen;
  std::string from, to;
  bool once = false;
};

/// Demand and latency of one Prometheus under one mapping.
class PrometheusSource : public TelemetrySource {
 public:
  PrometheusSource(Prometheus prometheus, TelemetryMapping mapping)
      : prometheus_(std::move(prometheus)), mapping_(std::move(mapping)) {}
  Result<DemandReading> demand(double start_s, double end_s, double step_s) override {
    return read_demand(prometheus_, mapping_, start_s, end_s, step_s);
  }
  Result<LatencyReading> latency(double start_s, double end_s) override {
    return read_latency(prometheus_, mapping_, start_s, end_s);
  }

 private:
  Prometheus prometheus_;
  TelemetryMapping mapping_;
};

/// All that the loop is made of.
struct WatchSetup {
  Fleet fleet;
  WatchOptions options;
  DeploySettings settings;
  std::unique_ptr<PrometheusSource> source;
  std::optional<EndpointOptions> listen;
  double from_s = 0.0;
  double to_s = 0.0;
};

void gather(Errors& errors, const Errors& more) {
  errors.insert(errors.end(), more.begin(), more.end());
}
void gather(Errors& errors, const Status& status) {
  if (!status) gather(errors, status.errors());
}

void read_times(const WatchArguments& a, WatchSetup& setup, Errors& errors) {
  WatchOptions& o = setup.options;
  gather(errors, read_duration("--interval", a.interval, o.interval));
  if (!(o.interval.value >= 1.0)) {
    errors.push_back(
        {ErrorCode::kOutOfRange, "an interval is a second at least", "--interval", ""});
    o.interval = Seconds{1.0};
  }
  const double recent = static_cast<double>(o.outlook.recent) + 1.0;
  const bool seasonal = o.outlook.forecast == ForecastKind::kSeasonal;
  o.lookback = Seconds{recent * o.interval.value + (seasonal ? kDaySeconds : 0.0)};
  o.outlook.stale_after = Seconds{std::max(120.0, 2.0 * o.interval.value)};
  gather(errors, read_duration("--lookback", a.lookback, o.lookback));
  gather(errors, read_duration("--stale-after", a.stale_after, o.outlook.stale_after));
  gather(errors, read_duration("--settle", a.settle, o.settle));
  gather(errors, read_duration("--patience", a.patience, o.patience));
  gather(errors, read_duration("--keep-history", a.keep, o.keep_history));
  gather(errors, read_duration("--time-limit", a.time_limit, o.limits.time));
  if (o.lookback < o.interval) {
    errors.push_back({ErrorCode::kOutOfRange, "less than an interval", "--lookback", ""});
  }
}

/// --from and --to: the past at full speed; --once: one look at the present.
void read_past(const WatchArguments& a, WatchSetup& setup, Errors& errors) {
  setup.from_s = setup.to_s = clock_time();
  const auto time = [&](const char* flag, const std::string& text, double& out) {
    if (text.empty()) return;
    const Result<double> read = read_time(flag, text);
    if (read) out = *read;
    if (!read) gather(errors, read.errors());
  };
  time("--from", a.from, setup.from_s);
  time("--to", a.to, setup.to_s);
  const double now = clock_time();
  if (setup.to_s > now) {
    errors.push_back({ErrorCode::kOutOfRange, "has not come yet", "--to", ""});
  }
  if (!a.from.empty() && a.apply == "kubectl") {
    errors.push_back({ErrorCode::kUsage, "the past is not applied to a cluster", "--from",
                      "--apply dir or none"});
  }
  if (setup.from_s > setup.to_s) {
    errors.push_back({ErrorCode::kOutOfRange, "the past ends before it begins", "--to", ""});
  }
}

void read_target(const WatchArguments& a, WatchSetup& setup, Errors& errors) {
  setup.settings = default_settings();
  if (!a.settings.empty()) {
    Result<DeploySettings> settings = read_settings(a.settings);
    if (!settings) gather(errors, settings.errors());
    if (settings) setup.settings = *std::move(settings);
  }
  if (a.apply != "none" && a.directory.empty()) {
    errors.push_back(
        {ErrorCode::kUsage, "expected a directory for the manifests", "-o", "-o manifests/"});
  }
  if (a.keda && a.listen.empty()) {
    errors.push_back({ErrorCode::kUsage, "ScaledObjects read this loop's targets", "--keda",
                      "add --listen, and set scaling.target_url of --settings to it"});
  }
  if (a.apply == "none" && !a.directory.empty()) {
    errors.push_back({ErrorCode::kUsage, "nothing is written with --apply none", "-o",
                      "--apply dir writes the manifests"});
  }
  if (!a.listen.empty()) {
    Result<EndpointOptions> listen = parse_listen(a.listen);
    if (!listen) gather(errors, listen.errors());
    if (listen) setup.listen = *std::move(listen);
    if (setup.listen) setup.listen->name_space = setup.settings.name_space;
  }
}

void read_source(const WatchArguments& a, WatchSetup& setup, Errors& errors) {
  const std::string fleet = a.input.telemetry.empty() ? a.fleet : "";
  Result<TelemetryMapping> mapping = load_mapping(a.input, fleet);
  Result<Prometheus> prometheus = open_prometheus(a.input);
  if (!mapping) gather(errors, mapping.errors());
  if (!prometheus) gather(errors, prometheus.errors());
  if (!mapping || !prometheus) return;
  std::vector<std::string> known;
  for (const FleetClass& c : setup.fleet.classes) known.push_back(c.traffic.name);
  gather(errors, unknown_classes(*mapping, known));
  setup.source = std::make_unique<PrometheusSource>(*std::move(prometheus), *std::move(mapping));
}

Result<WatchSetup> set_up(const WatchArguments& a, Session& session) {
  WatchSetup setup;
  Errors errors;
  FleetInput input;
  input.file = a.fleet;
  input.headroom = a.headroom;
  Result<Fleet> fleet = load_fleet(input);
  const bool known = fleet.ok();
  if (!known) gather(errors, fleet.errors());
  if (known) setup.fleet = *std::move(fleet);
  SwitchingPolicy& switching = setup.fleet.policy.switching;
  if (switching.hysteresis <= 0.0) switching.hysteresis = kDefaultHysteresis;
  gather(errors, read_switching(a.switching, switching));
  WatchOptions& o = setup.options;
  o.outlook.forecast = forecast_kind_of(a.forecast);
  if (a.apply == "dir") o.settle = kSettleOfDirectories;
  read_times(a, setup, errors);
  read_past(a, setup, errors);
  read_target(a, setup, errors);
  if (known) read_source(a, setup, errors);
  if (find_method(a.method) == nullptr) {
    errors.push_back({ErrorCode::kUnsupported, "unknown method '" + a.method + "'", "--method",
                      "agh, gh or milp"});
  }
  if (a.tolerance && !(*a.tolerance >= 0.0 && *a.tolerance <= 1.0)) {
    errors.push_back({ErrorCode::kOutOfRange, "expected a share from 0 to 1", "--tolerance", ""});
  }
  if (!errors.empty()) return errors;
  o.method = a.method;
  o.seed = a.seed;
  o.tolerance = a.tolerance;
  o.calibrate = !a.no_calibration;
  o.max_changes = a.switching.max_changes;
  o.stop = &session.stop;
  o.limits.stop = &session.stop;
  o.on_event = [&session](const std::string& text) { session.console.note(text); };
  return setup;
}

std::unique_ptr<Applier> applier_of(const WatchArguments& a, const WatchSetup& setup) {
  const ManifestTarget target{a.kserve, a.keda, a.engine};
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

int run_watch(const WatchArguments& a, Session& session) {
  Result<WatchSetup> setup = set_up(a, session);
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
