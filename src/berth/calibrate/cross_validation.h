#pragma once
// Predictions for models and GPUs whose runs a fit did not see: every row of a model (or GPU) left
// out at a time, each fold fitted from the prior again.

#include <optional>
#include <string>
#include <vector>

#include "berth/calibrate/calibration.h"

namespace berth {

struct HeldOutPredictions {
  std::vector<std::optional<double>> predicted;  ///< by row of the validation
  std::size_t folds = 0;
};

/// Models of one shape are one fold: the same runs are reported under several names. REQUIRES:
/// hold_out is not kNone.
[[nodiscard]] HeldOutPredictions hold_out_each(HoldOut hold_out, const ParameterSet& parameters,
                                               const FitRuns& runs, const Validation& validation,
                                               const CalibrationOptions& options);

}  // namespace berth
