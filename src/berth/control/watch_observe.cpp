// What the loop measures of what runs, beside what was predicted of it, and what it learns.

#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "berth/control/known_classes.h"
#include "berth/control/watch.h"

namespace berth {

void Watch::observe(double now_s, const Outlook& outlook, bool warm) {
  status_.update([&](WatchSnapshot& s) {
    s.demand.clear();
    for (std::size_t i = 0; i < fleet_.classes.size(); ++i) {
      s.demand.emplace_back(fleet_.classes[i].traffic.name, outlook.measured[i].rate);
    }
  });
  const auto state = history_.applied_state();
  if (!state || !*state) return;
  const Plan running = without_classes(**state, gone_classes(fleet_, **state));
  const Fleet measured = with_demand(fleet_, outlook.measured);
  const Result<RunningPrediction> predicted = predict_running(measured, running);
  if (!predicted) {
    say(now_s, "no prediction to compare with: " + sentence_of(predicted.errors()));
    return;
  }
  const auto [classes, deployments] = read_latencies(now_s, *predicted);
  if (options_.calibrate && warm) {
    calibrations_ =
        learned(std::move(calibrations_), classes, *predicted, fleet_, deployments.classes);
  }
  status_.update([&](WatchSnapshot& s) {
    s.predicted = *predicted;
    s.observed = classes.classes;
    s.observed_deployments = deployments.classes;
    s.calibrations = calibrations_;
  });
}

/// By class and by deployment, of the last window. What cannot be read is empty, and told once.
std::pair<LatencyReading, LatencyReading> Watch::read_latencies(
    double now_s, const RunningPrediction& predicted) {
  const double end = std::floor(now_s / options_.interval.value) * options_.interval.value;
  const double start = end - options_.interval.value;
  std::vector<std::string> objects;
  for (const PredictedDeployment& row : predicted.deployments) objects.push_back(row.object);
  const Result<LatencyReading> classes = source_.latency(start, end);
  const Result<LatencyReading> deployments = source_.deployment_latency(objects, start, end);
  ended_step();
  const bool told = deployments && !deployments->classes.empty();
  if (told != by_deployment_) {
    say(now_s, told ? "engines' series name their deployments: factors are learned from those"
                    : "no engine's series names a deployment: factors are learned by class");
  }
  by_deployment_ = told;
  const bool blind = !classes && !told;
  if (blind && !blind_) say(now_s, "no latency to learn from: " + sentence_of(classes.errors()));
  blind_ = blind;
  return {classes ? *classes : LatencyReading{}, deployments ? *deployments : LatencyReading{}};
}

}  // namespace berth
