#pragma once
// Which classes a model may serve at a precision at all (context length, quality), once for every
// pool and shape.

#include <vector>

#include "berth/fleet/fleet.h"
#include "berth/instance/pair_sizing.h"

namespace berth {

struct ModelFit {
  ModelId model;
  Precision precision = Precision::kBf16;
  std::vector<double> error;            ///< e_id by class
  std::vector<Miss> miss;               ///< by class; reason kCount where it fits
  std::vector<std::uint32_t> eligible;  ///< classes that fit
};

/// One entry per candidate model and precision: the policy's precisions, or the model's own.
[[nodiscard]] std::vector<ModelFit> model_fits(const Fleet& fleet,
                                               const std::vector<ClassTerms>& terms);

}  // namespace berth
