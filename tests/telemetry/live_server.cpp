#include "tests/telemetry/live_server.h"

#include <algorithm>
#include <stdexcept>

namespace berth::testing {

void LiveServerTest::serve(const std::string& open_metrics) {
  server_ = std::make_unique<PrometheusServer>(open_metrics);
}

Prometheus LiveServerTest::client() const {
  PrometheusOptions options;
  options.url = server_->url();
  Result<Prometheus> prometheus = Prometheus::open(options);
  if (!prometheus) throw std::runtime_error(to_string(prometheus.errors().front()));
  return std::move(prometheus).value();
}

DemandReading LiveServerTest::demand(const TelemetryMapping& mapping, double from_s, double to_s,
                                     double step_s) const {
  Prometheus prometheus = client();
  Result<DemandReading> reading =
      read_demand(prometheus, mapping, kScrapeStart + from_s, kScrapeStart + to_s, step_s);
  if (!reading) throw std::runtime_error(to_string(reading.errors().front()));
  return std::move(reading).value();
}

const MeasuredClass& class_named(const DemandReading& reading, const std::string& name) {
  const auto found = std::find_if(reading.classes.begin(), reading.classes.end(),
                                  [&](const MeasuredClass& one) { return one.name == name; });
  if (found == reading.classes.end()) throw std::runtime_error("no class " + name);
  return *found;
}

const TelemetryWarning* warning_of(const TelemetryWarnings& warnings, TelemetryWarning::Kind kind,
                                   const std::string& query_class) {
  for (const TelemetryWarning& warning : warnings) {
    if (warning.kind == kind && (query_class == "*" || warning.query_class == query_class)) {
      return &warning;
    }
  }
  return nullptr;
}

std::string all_texts(const TelemetryWarnings& warnings) {
  std::string text;
  for (const TelemetryWarning& warning : warnings) text += to_string(warning) + "\n";
  return text;
}

}  // namespace berth::testing
