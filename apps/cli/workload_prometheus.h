#pragma once
// berth workload fit --prometheus: query classes and a demand series from metrics.

#include <string>

#include "apps/cli/prometheus_input.h"

namespace berth::cli {

struct Session;

struct MetricsFit {
  PrometheusInput input;
  std::string fleet;   ///< its `telemetry:` maps labels to classes
  std::string range;   ///< default 24h
  std::string step;    ///< default 5m
  std::string end;     ///< default: the last whole step before now
  std::string series;  ///< CSV to write; empty = none
  std::string file;    ///< workload to write; empty = print it
};

/// --prometheus and all that goes with it; returns --prometheus.
CLI::Option* add_metrics_fit(CLI::App& command, MetricsFit& fit);

[[nodiscard]] int run_metrics_fit(const MetricsFit& fit, Session& session);

}  // namespace berth::cli
