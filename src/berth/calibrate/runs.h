#pragma once
// The measured runs of a fit, and what the delay model says about them under given coefficients.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "berth/calibrate/parameters.h"
#include "berth/catalog/catalog.h"
#include "berth/measure/compare.h"

namespace berth {

/// A row of measurements that a fit can use.
struct FitRow {
  std::size_t comparison = 0;  ///< of the validation it comes from
  std::size_t gpu = 0;         ///< of FitRuns::gpus()
  std::size_t engine = 0;      ///< of the coefficients' engines
  double log_measured = 0.0;
  double weight = 0.0;  ///< rows of one sweep share theirs
};

/// Coefficients on the GPUs of the rows.
struct Resolved {
  std::vector<GpuType> gpus;
  std::vector<EngineProfile> engines;
};

class FitRuns {
 public:
  /// The rows of `validation` (made with `catalog`, whose coefficients are those of `parameters`)
  /// that say something about a parameter: with a prediction, not suspect, not derived, with an
  /// engine and an architecture that are fitted. Everything outlives the runs.
  FitRuns(const Catalog& catalog, const Validation& validation, const ParameterSet& parameters);

  [[nodiscard]] std::span<const FitRow> rows() const { return rows_; }
  [[nodiscard]] std::span<const GpuType* const> gpus() const { return gpus_; }

  /// What a GPU's own entry of the catalog states stays as it is.
  [[nodiscard]] Resolved resolve(const Coefficients& coefficients) const;
  /// ln(predicted / measured). Pure.
  [[nodiscard]] double residual(const FitRow& row, const Resolved& resolved) const;
  /// What the coefficients predict for any row of the validation; nullopt without a prediction.
  [[nodiscard]] std::optional<double> predict(std::size_t comparison,
                                              const Resolved& resolved) const;
  /// Rows that a parameter can move, as indices of rows().
  [[nodiscard]] std::vector<std::size_t> rows_moved(const Parameter& parameter) const;

 private:
  void keep_own(const GpuType& gpu, GpuEfficiency& efficiency) const;
  [[nodiscard]] bool fits(const Comparison& c) const;
  void weigh();

  const Catalog* catalog_;
  const Validation* validation_;
  const ParameterSet* parameters_;
  std::vector<FitRow> rows_;
  std::vector<const GpuType*> gpus_;
  std::vector<std::size_t> gpu_of_comparison_;  ///< kNone where the names are not known
};

}  // namespace berth
