#pragma once
// A Prometheus server and the meaning of its metrics, as the command line names them.

#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/telemetry/mapping.h"
#include "berth/telemetry/prometheus.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace berth::cli {

/// Where the token is taken from when no file is named; never from the command line, where every
/// user of the machine could read it.
inline constexpr const char* kTokenVariable = "BERTH_PROMETHEUS_TOKEN";

struct PrometheusInput {
  std::string url;
  std::string token_file;
  std::string ca_file;
  bool insecure = false;
  std::string timeout;
  std::vector<std::string> headers;  ///< "Name: value"
  std::string pack;
  std::string telemetry;  ///< berth.telemetry/1
};

/// --prometheus, --bearer-token-file, --ca, --insecure-skip-verify, --timeout, --header, --pack and
/// --telemetry. Returns --prometheus; all others need it.
CLI::Option* add_prometheus_options(CLI::App& command, PrometheusInput& input);

/// Errors: those of Prometheus::open, told at the flags; a header without a colon.
[[nodiscard]] Result<Prometheus> open_prometheus(const PrometheusInput& input);

/// The mapping of --telemetry, else of `fleet`, else the pack's own. At most one may be given.
[[nodiscard]] Result<TelemetryMapping> load_mapping(const PrometheusInput& input,
                                                    const std::string& fleet);

/// Seconds since 1970 now.
[[nodiscard]] double clock_time();
/// "now", "2026-01-05T12:00:00Z" or seconds since 1970.
[[nodiscard]] Result<double> read_time(const std::string& flag, const std::string& text);

}  // namespace berth::cli
