#include "apps/cli/workload_prometheus.h"

#include <cmath>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "apps/cli/command.h"
#include "berth/output/workload_table.h"
#include "berth/telemetry/demand.h"
#include "berth/telemetry/time_text.h"
#include "berth/workload/workload_yaml.h"

namespace berth::cli {
namespace {

constexpr Seconds kRange{86400.0};
constexpr Seconds kStep{300.0};

struct Window {
  double start_s = 0.0;
  double end_s = 0.0;
  double step_s = 0.0;
};

Result<Window> window_of(const MetricsFit& fit) {
  Errors errors;
  Seconds range = kRange;
  Seconds step = kStep;
  if (Status read = read_duration("--range", fit.range, range); !read) errors = read.errors();
  if (Status read = read_duration("--step", fit.step, step); !read) {
    errors.insert(errors.end(), read.errors().begin(), read.errors().end());
  }
  // Without a time the last whole step: the same range whenever it is asked for within a step.
  double end = std::floor(clock_time() / step.value) * step.value;
  if (!fit.end.empty()) {
    const Result<double> time = read_time("--end", fit.end);
    if (time) end = *time;
    if (!time) errors.insert(errors.end(), time.errors().begin(), time.errors().end());
  }
  if (!errors.empty()) return errors;
  return Window{end - range.value, end, step.value};
}

void tell(const Console& console, const DemandReading& reading, const TelemetryWarnings& more) {
  console.note(reading.source);
  std::string newest = "no sample";
  if (reading.newest_sample_s) newest = "newest sample of " + iso_time(*reading.newest_sample_s);
  console.note(
      fmt::format("{} windows of {}, {}", reading.windows, time_span_text(reading.step_s), newest));
  for (const TelemetryWarning& warning : reading.warnings) console.note(to_string(warning));
  for (const TelemetryWarning& warning : more) console.note(to_string(warning));
}

/// What is missing may be there for other flags: the reading itself knows none.
Errors with_flags(Errors errors) {
  for (Error& error : errors) {
    if (error.code == ErrorCode::kMissing && !error.suggestion.empty()) {
      error.suggestion += " (--pack, --range, --step)";
    }
  }
  return errors;
}

}  // namespace

CLI::Option* add_metrics_fit(CLI::App& command, MetricsFit& fit) {
  CLI::Option* url = add_prometheus_options(command, fit.input);
  command.add_option("--fleet", fit.fleet, "fleet whose 'telemetry' maps labels to classes")
      ->needs(url);
  command.add_option("--range", fit.range, "how far back from the end (default 24h)")->needs(url);
  command.add_option("--step", fit.step, "length of a window of metrics (default 5m)")->needs(url);
  command
      .add_option("--end", fit.end,
                  "end of the range: now, 2026-01-05T12:00:00Z, or seconds since 1970 (default: "
                  "the last whole step)")
      ->needs(url);
  return url;
}

int run_metrics_fit(const MetricsFit& fit, Session& session) {
  const Console& console = session.console;
  const Result<Window> window = window_of(fit);
  Result<Prometheus> prometheus = open_prometheus(fit.input);
  const Result<TelemetryMapping> mapping = load_mapping(fit.input, fit.fleet);
  Errors errors;
  if (!window) errors = window.errors();
  if (!prometheus) {
    errors.insert(errors.end(), prometheus.errors().begin(), prometheus.errors().end());
  }
  if (!mapping) errors.insert(errors.end(), mapping.errors().begin(), mapping.errors().end());
  if (!errors.empty()) return console.fail(errors);

  const Result<DemandReading> reading =
      read_demand(*prometheus, *mapping, window->start_s, window->end_s, window->step_s);
  if (!reading) return console.fail(with_flags(reading.errors()));
  TelemetryWarnings warnings;
  const Result<Workload> workload = to_workload(*reading, warnings);
  tell(console, *reading, warnings);
  if (!workload) return console.fail(workload.errors());
  if (!fit.series.empty()) {
    TelemetryWarnings of_series;  // the same as those of the workload
    const int status =
        deliver(session, fit.series, to_csv(to_series(*reading, of_series)), "the demand series");
    if (status != kSuccess) return status;
  }
  const int status = deliver(session, fit.file, to_yaml(*workload), "the workload");
  if (status != kSuccess || fit.file.empty()) return status;
  return deliver(session, "", to_table(*workload), "the classes");
}

}  // namespace berth::cli
