#pragma once
// What the delay model says about the run of a measured row (docs/validate.md, "What is compared").

#include <optional>
#include <string>

#include "berth/measure/setting.h"
#include "berth/perf/deployment.h"

namespace berth {

struct Forecast {
  std::optional<double> value;  ///< in unit_of(setting.metric)
  std::string reason;           ///< why there is none
};

/// REQUIRES: model, gpu and engine of `deployment` are set; its degrees and its limit on sequences
/// are taken from the setting. Someone ran it, so it counts as possible that the model comes in the
/// precision.
[[nodiscard]] Forecast forecast(const RunSetting& setting, Deployment deployment);

}  // namespace berth
