#pragma once
// What berth watch is started with: its command line read, and all that can be known to be wrong
// said before the loop begins.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "apps/cli/prometheus_input.h"
#include "apps/cli/switching_options.h"
#include "berth/control/applier.h"
#include "berth/control/endpoint.h"
#include "berth/control/watch.h"
#include "berth/core/file_lock.h"

namespace berth::cli {

struct Session;

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
  Result<LatencyReading> deployment_latency(std::span<const std::string> objects, double start_s,
                                            double end_s) override {
    return read_deployment_latency(prometheus_, mapping_, objects, start_s, end_s);
  }
  /// Between two scrapes of what counts requests, s; absent: not known.
  std::optional<double> scrape_interval(double time_s) {
    const auto interval = demand_scrape_interval(prometheus_, mapping_, time_s);
    return interval ? *interval : std::nullopt;
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
  FileLock directory;  ///< of the manifests: no other loop's
  double from_s = 0.0;
  double to_s = 0.0;
};

/// All errors of the command line, the files and the machine at once.
[[nodiscard]] Result<WatchSetup> set_up_watch(const WatchArguments& a, Session& session);

[[nodiscard]] ManifestTarget target_of(const WatchArguments& a);

}  // namespace berth::cli
