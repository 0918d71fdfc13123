#include "berth/calibrate/cross_validation.h"

#include <map>

#include <fmt/format.h>

namespace berth {
namespace {

std::string fold_of(HoldOut hold_out, const Comparison& c) {
  if (hold_out == HoldOut::kGpu) return c.names.gpu->name;
  const ModelSpec& model = *c.names.model;
  return fmt::format("{}-{}-{}-{:.3g}", model.layers, model.hidden, model.vocabulary,
                     model.parameters);
}

}  // namespace

HeldOutPredictions hold_out_each(HoldOut hold_out, const ParameterSet& parameters,
                                 const FitRuns& runs, const Validation& validation,
                                 const CalibrationOptions& options) {
  HeldOutPredictions result;
  result.predicted.resize(validation.rows.size());
  std::map<std::string, std::vector<std::size_t>> folds;
  for (std::size_t k = 0; k < validation.rows.size(); ++k) {
    const Comparison& c = validation.rows[k];
    if (c.predicted) folds[fold_of(hold_out, c)].push_back(k);
  }
  for (const auto& [fold, held_out] : folds) {
    if (options.on_progress) {
      options.on_progress(
          fmt::format("{} {} of {}", to_string(hold_out), result.folds + 1, folds.size()));
    }
    std::vector<std::size_t> seen;
    for (std::size_t k = 0; k < runs.rows().size(); ++k) {
      if (fold_of(hold_out, validation.rows[runs.rows()[k].comparison]) != fold) seen.push_back(k);
    }
    if (seen.empty()) continue;  // nothing is left to learn from
    const CoefficientFit fitted = fit(parameters, runs, seen, parameters.start(), options.fit);
    const Resolved resolved = runs.resolve(parameters.apply(fitted.x));
    for (const std::size_t k : held_out) result.predicted[k] = runs.predict(k, resolved);
    ++result.folds;
  }
  return result;
}

}  // namespace berth
