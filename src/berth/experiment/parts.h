#pragma once
// The four studies. Part of the experiments.

#include "berth/experiment/experiment.h"

namespace berth {

[[nodiscard]] Result<Experiment> stress_experiment(const ExperimentRequest& request);
[[nodiscard]] Result<Experiment> volatility_experiment(const ExperimentRequest& request);
[[nodiscard]] Result<Experiment> azure_experiment(const ExperimentRequest& request);
[[nodiscard]] Result<Experiment> sensitivity_experiment(const ExperimentRequest& request);

/// Tells what is done next.
inline void step(const ExperimentRequest& request, const std::string& what) {
  if (request.on_step) request.on_step(what);
}
[[nodiscard]] inline bool stopped(const ExperimentRequest& request) {
  return request.stop != nullptr && request.stop->stop_requested();
}
[[nodiscard]] Error stopped_error();
/// Whether these say that there is no plan, rather than that something is wrong.
[[nodiscard]] bool only_no_plan(const Errors& errors);

}  // namespace berth
