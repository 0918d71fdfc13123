#include "apps/cli/watch_setup.h"

#include <algorithm>
#include <filesystem>

#include <fmt/format.h>

#include "apps/cli/command.h"
#include "apps/cli/fleet_input.h"
#include "berth/control/process.h"
#include "berth/control/start.h"
#include "berth/solve/registry.h"

namespace berth::cli {
namespace {

constexpr double kDefaultHysteresis = 0.05;
constexpr double kDaySeconds = 86'400.0;
// Whoever takes a directory to a cluster looks at it every few minutes.
constexpr Seconds kSettleOfDirectories{180.0};

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
  gather(errors, check_engine(setup.settings, a.engine));
  if (a.apply == "kubectl") gather(errors, find_program(a.kubectl));
  if (a.apply != "none" && !a.directory.empty()) gather(errors, check_writable(a.directory));
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

void read_planning(const WatchArguments& a, WatchSetup& setup, Errors& errors) {
  if (find_method(a.method) == nullptr) {
    errors.push_back({ErrorCode::kUnsupported, "unknown method '" + a.method + "'", "--method",
                      "agh, gh or milp"});
  }
  if (a.tolerance && !(*a.tolerance >= 0.0 && *a.tolerance <= 1.0)) {
    errors.push_back({ErrorCode::kOutOfRange, "expected a share from 0 to 1", "--tolerance", ""});
  }
  WatchOptions& o = setup.options;
  o.method = a.method;
  o.seed = a.seed;
  o.tolerance = a.tolerance;
  o.calibrate = !a.no_calibration;
  o.max_changes = a.switching.max_changes;
}

}  // namespace

Result<WatchSetup> set_up_watch(const WatchArguments& a, Session& session) {
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
  const std::size_t before = errors.size();
  read_target(a, setup, errors);
  // What is wrong with the target already is not said twice.
  const bool target = errors.size() == before;
  if (known) read_source(a, setup, errors);
  if (known && target) gather(errors, check_target(setup.fleet, setup.settings, target_of(a)));
  gather(errors, check_writable(std::filesystem::path(a.history).parent_path()));
  read_planning(a, setup, errors);
  if (!errors.empty()) return errors;
  if (a.apply != "none") {
    Result<FileLock> lock = lock_manifests(a.directory);
    if (!lock) return lock.errors();
    setup.directory = *std::move(lock);
  }
  o.stop = &session.stop;
  o.limits.stop = &session.stop;
  o.on_event = [&session](const std::string& text) { session.console.note(text); };
  return setup;
}

ManifestTarget target_of(const WatchArguments& a) { return {a.kserve, a.keda, a.engine}; }

}  // namespace berth::cli
