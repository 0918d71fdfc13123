// How long a replica may take to start and to stop, and how it is asked whether it is well.

#include <algorithm>
#include <cmath>

#include "berth/manifest/pod.h"

namespace berth::manifest {
namespace {

Node probe(const Unit& unit, int period, int timeout, int failures) {
  return map_node({{"httpGet", map_node({{"path", text_node(unit.deploy->health_path)},
                                         {"port", text_node("http")}})},
                   {"periodSeconds", integer_node(period)},
                   {"timeoutSeconds", integer_node(timeout)},
                   {"failureThreshold", integer_node(failures)}});
}

// A busy engine answers late: readiness takes a replica out after 15 s, liveness ends it after 1
// min.
constexpr int kTimeout = 5;
constexpr int kReadyPeriod = 5;
constexpr int kReadyFailures = 3;
constexpr int kLivePeriod = 10;
constexpr int kLiveFailures = 6;

int period_of(const StartUp& start) {
  return std::max(1, static_cast<int>(std::lround(start.period.value)));
}

}  // namespace

int start_up_budget(const Scene& scene, const Unit& unit) {
  const StartUp& start = scene.settings->start_up;
  const SwitchingPolicy& fleet = scene.facts->switching;
  const double engine = start.engine_start.value_or(fleet.engine_start).value;
  const double bandwidth = start.load_bandwidth.value_or(fleet.load_bandwidth);
  const double expected = engine + unit.facts->weight_bytes / bandwidth;
  const int period = period_of(start);
  const double budget = std::max(start.least.value, start.slack * expected);
  return static_cast<int>(std::ceil(budget / period)) * period;
}

void add_probes(const Scene& scene, const Unit& unit, Fields& container) {
  const int period = period_of(scene.settings->start_up);
  container.emplace_back("startupProbe",
                         probe(unit, period, kTimeout, start_up_budget(scene, unit) / period));
  container.emplace_back("readinessProbe", probe(unit, kReadyPeriod, kTimeout, kReadyFailures));
  container.emplace_back("livenessProbe", probe(unit, kLivePeriod, kTimeout, kLiveFailures));
}

void add_drain(const Scene& scene, Fields& container) {
  // A pod that is deleted leaves its Service at once, and engines end with SIGTERM whatever runs:
  // what runs gets its time before that signal, on every node of the replica.
  const std::string seconds = std::to_string(scene.drain_seconds);
  const Node command = map_node({{"command", texts_node({"sleep", seconds})}});
  container.emplace_back("lifecycle", map_node({{"preStop", map_node({{"exec", command}})}}));
}

}  // namespace berth::manifest
