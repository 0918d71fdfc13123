#pragma once
// Coefficients of the delay model from measured runs, with what they are worth: the errors of the
// fit, and of predictions for models and GPUs whose runs the fit did not see.

#include <array>
#include <functional>
#include <string>
#include <vector>

#include "berth/calibrate/fit.h"
#include "berth/catalog/catalog.h"
#include "berth/core/result.h"
#include "berth/measure/compare.h"

namespace berth {

enum class HoldOut { kNone, kModel, kGpu };
inline constexpr std::array kHoldOuts = {HoldOut::kNone, HoldOut::kModel, HoldOut::kGpu};
[[nodiscard]] std::string_view to_string(
    HoldOut hold_out);  ///< "in sample", "model out", "GPU out"

/// Vendors whose GPUs run different kernels, and the two kinds of models.
enum class GroupKind { kDense, kMixture, kAmd, kGaudi, kOther };
[[nodiscard]] std::string_view to_string(GroupKind kind);

struct CalibrationGroup {
  GroupKind kind = GroupKind::kDense;
  Metric metric = Metric::kTpot;
  std::array<ErrorStats, kHoldOuts.size()> errors;  ///< of the rows that are not suspect
};

/// One coefficient: before, after, how sure.
struct FittedCoefficient {
  CoefficientKind kind = CoefficientKind::kArchitecture;
  std::string entry;  ///< its id
  std::string key;
  double before = 0.0;
  double after = 0.0;
  double error = 0.0;    ///< standard error of the logarithm
  std::size_t rows = 0;  ///< that it can move
};

struct CalibrationOptions {
  bool cross_validate = true;
  CoefficientFitOptions fit;
  std::function<void(const std::string& what)> on_progress;
};

struct Calibration {
  Coefficients coefficients;  ///< ready to write: with confidence, rows and the GPUs measured
  std::vector<FittedCoefficient> fitted;
  std::vector<CalibrationGroup> groups;
  std::size_t rows = 0;   ///< measured numbers in the fit
  std::size_t folds = 0;  ///< fits of the cross-validation
  int steps = 0;
  double objective = 0.0;
};

/// `prior`: the coefficients of `catalog`, perhaps with other spreads; those with a spread are
/// fitted. `validation` was made with `catalog`.
/// Errors: kInconsistent (no row that a coefficient could be fitted to; a spread around nothing).
[[nodiscard]] Result<Calibration> calibrate(const Catalog& catalog, const Coefficients& prior,
                                            const Validation& validation,
                                            const CalibrationOptions& options = {});

/// Gives every value above 0 that has no spread the usual one, so that coefficients once fitted can
/// be fitted further to runs of one's own.
void add_usual_spreads(Coefficients& coefficients);

/// berth.catalog/1 with `architectures` and `engines`: reads back to the same coefficients.
[[nodiscard]] std::string to_yaml(const Coefficients& coefficients, const std::string& header);

}  // namespace berth
