#pragma once
// Predictions against measurements: every row, and the errors of groups of rows.

#include <optional>
#include <string>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/measure/error_stats.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/names.h"
#include "berth/measure/setting.h"

namespace berth {

struct Comparison {
  MeasuredRow row;
  ResolvedNames names;
  RunSetting setting;
  std::optional<double> predicted;  ///< in unit_of(setting.metric), as row.value
  std::string reason;               ///< why there is no prediction

  [[nodiscard]] std::optional<double> error() const {
    return predicted ? std::optional(*predicted / row.value - 1.0) : std::nullopt;
  }
  /// The catalog's name, or the row's own where the catalog has none.
  [[nodiscard]] const std::string& model() const {
    return names.model != nullptr ? names.model->name : row.model;
  }
  [[nodiscard]] const std::string& gpu() const {
    return names.gpu != nullptr ? names.gpu->name : row.gpu;
  }
};

enum class ModelKind : std::uint8_t { kDense, kMixture };
[[nodiscard]] std::string_view to_string(ModelKind kind);  ///< "dense", "mixture"

/// Rows with the same metric and the same of whatever else is set.
struct ErrorGroup {
  Metric metric = Metric::kTpot;
  std::optional<ModelKind> kind;
  std::string gpu;     ///< empty = all
  std::string engine;  ///< a family
  std::string model;
  ErrorStats all;
  ErrorStats trusted;  ///< without the suspect rows
};

struct Counted {
  std::string what;  ///< "model", "GPU", "precision", "engine"; "" for a reason
  std::string name;
  std::size_t rows = 0;
};

struct Validation {
  std::string file;
  std::vector<Comparison> rows;     ///< in the order of the file, then those derived from them
  std::size_t measured = 0;         ///< rows of the file
  std::vector<ErrorGroup> totals;   ///< by metric, and by metric for dense models and mixtures
  std::vector<ErrorGroup> by_gpu;   ///< by GPU and metric
  std::vector<ErrorGroup> groups;   ///< by GPU, engine, model and metric
  std::vector<std::size_t> worst;   ///< rows with a prediction, the furthest off by ratio first
  std::vector<Counted> unresolved;  ///< names the catalog lacks, most rows first
  std::vector<Counted> reasons;     ///< why rows have no prediction, most rows first
  std::size_t compared = 0;
  std::size_t suspects = 0;  ///< of those compared
};

/// The model of `catalog` against `rows`. The result points into the catalog.
[[nodiscard]] Validation compare(std::string file, std::vector<MeasuredRow> rows,
                                 const Catalog& catalog);

}  // namespace berth
