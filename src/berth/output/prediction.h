#pragma once
// `berth predict`: both phases with every term, so that a reader can follow each sum.

#include <string>

#include "berth/perf/predict.h"

namespace berth {

/// berth.prediction/1 (docs/formats.md).
[[nodiscard]] std::string to_json(const PredictionRequest& request, const Prediction& prediction);

/// Every term with the division it came from, the closed loop's metrics, the memory of one GPU.
/// Plain UTF-8, at most about 100 columns.
[[nodiscard]] std::string to_table(const PredictionRequest& request, const Prediction& prediction);

}  // namespace berth
