#include "berth/calibrate/calibration.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <set>

#include <fmt/format.h>

#include "berth/calibrate/cross_validation.h"
#include "berth/core/text.h"

namespace berth {
namespace {

using Predictions = std::vector<std::optional<double>>;

GroupKind kind_of(const Comparison& c) {
  const std::string vendor = to_lower(c.names.gpu->vendor);
  if (vendor == "amd") return GroupKind::kAmd;
  if (vendor == "nvidia") {
    return c.names.model->is_moe() ? GroupKind::kMixture : GroupKind::kDense;
  }
  return to_lower(c.names.gpu->architecture).starts_with("gaudi") ? GroupKind::kGaudi
                                                                  : GroupKind::kOther;
}

std::vector<CoefficientEntry>& entries_of(Coefficients& coefficients, CoefficientKind kind) {
  return kind == CoefficientKind::kEngine ? coefficients.engines : coefficients.architectures;
}

/// Errors by kind and metric, one prediction of each row at a time.
std::vector<CalibrationGroup> groups_of(
    const Validation& validation, const std::array<Predictions, kHoldOuts.size()>& predicted) {
  std::map<std::pair<GroupKind, Metric>, std::array<std::vector<double>, kHoldOuts.size()>> errors;
  for (std::size_t k = 0; k < validation.rows.size(); ++k) {
    const Comparison& c = validation.rows[k];
    if (!c.predicted || c.setting.suspect()) continue;
    auto& group = errors[{kind_of(c), c.setting.metric}];
    for (std::size_t h = 0; h < kHoldOuts.size(); ++h) {
      if (k < predicted[h].size() && predicted[h][k]) {
        group[h].push_back(*predicted[h][k] / c.row.value - 1.0);
      }
    }
  }
  std::vector<CalibrationGroup> groups;
  for (auto& [key, group] : errors) {
    CalibrationGroup one;
    one.kind = key.first;
    one.metric = key.second;
    for (std::size_t h = 0; h < kHoldOuts.size(); ++h) {
      one.errors[h] = error_stats(std::move(group[h]));
    }
    groups.push_back(std::move(one));
  }
  return groups;
}

Predictions predict_all(const FitRuns& runs, const Resolved& resolved, std::size_t rows) {
  Predictions predicted(rows);
  for (std::size_t k = 0; k < rows; ++k) predicted[k] = runs.predict(k, resolved);
  return predicted;
}

/// Rows of the fit that used an entry itself, not those that are like it.
std::size_t own_rows(const FitRuns& runs, const ParameterSet& parameters, CoefficientKind kind,
                     std::size_t entry) {
  std::size_t count = 0;
  for (const FitRow& row : runs.rows()) {
    if (kind == CoefficientKind::kEngine) {
      count += row.engine == entry ? 1 : 0;
    } else {
      const std::string& architecture = runs.gpus()[row.gpu]->architecture;
      count += to_lower(parameters.prior().architectures[entry].name) == to_lower(architecture);
    }
  }
  return count;
}

/// Fewer rows than this are no measurement of a GPU.
constexpr std::size_t kRowsOfAMeasuredGpu = 5;

/// GPUs of an architecture with enough rows in the fit.
std::set<std::string> measured_gpus(const FitRuns& runs, const std::string& architecture) {
  std::map<std::string, std::size_t> rows;
  for (const FitRow& row : runs.rows()) {
    const GpuType& gpu = *runs.gpus()[row.gpu];
    if (to_lower(gpu.architecture) == to_lower(architecture)) ++rows[gpu.name];
  }
  std::set<std::string> measured;
  for (const auto& [gpu, count] : rows) {
    if (count >= kRowsOfAMeasuredGpu) measured.insert(gpu);
  }
  return measured;
}

/// An entry of which something was fitted says to what, and where that began.
void name_source(CoefficientEntry& entry, const std::string& file) {
  const std::string said = entry.source.text.substr(0, entry.source.text.find("; start: "));
  entry.source.text = fmt::format("fitted to {}; start: {}", file, said);
}

/// Entries with a coefficient that the runs moved.
std::set<CoefficientEntry*> moved_entries(Calibration& result, const ParameterSet& parameters) {
  std::set<CoefficientEntry*> moved;
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    if (result.fitted[p].rows == 0) continue;
    const Parameter& parameter = parameters.parameters()[p];
    moved.insert(&entries_of(result.coefficients, parameter.kind)[parameter.entry]);
  }
  return moved;
}

void add_provenance(Calibration& result, const FitRuns& runs, const ParameterSet& parameters,
                    const std::string& file) {
  Coefficients& c = result.coefficients;
  for (CoefficientEntry* entry : moved_entries(result, parameters)) name_source(*entry, file);
  for (std::size_t e = 0; e < c.engines.size(); ++e) {
    c.engines[e].rows +=
        static_cast<double>(own_rows(runs, parameters, CoefficientKind::kEngine, e));
  }
  for (std::size_t e = 0; e < c.architectures.size(); ++e) {
    CoefficientEntry& entry = c.architectures[e];
    entry.rows +=
        static_cast<double>(own_rows(runs, parameters, CoefficientKind::kArchitecture, e));
    std::set<std::string> measured = measured_gpus(runs, entry.name);
    measured.insert(entry.measured.begin(), entry.measured.end());
    entry.measured.assign(measured.begin(), measured.end());
  }
}

std::string file_name(const std::string& path) {
  return std::filesystem::path(path).filename().string();
}

void list_coefficients(Calibration& result, const CoefficientFit& fitted,
                       const ParameterSet& parameters) {
  const std::vector<double> start = parameters.start();
  for (std::size_t p = 0; p < parameters.size(); ++p) {
    const Parameter& parameter = parameters.parameters()[p];
    CoefficientEntry& entry = entries_of(result.coefficients, parameter.kind)[parameter.entry];
    // What no run speaks about is as sure as it was.
    const bool moved = fitted.rows_moved[p] > 0;
    if (moved) entry.confidence.insert_or_assign(parameter.key, fitted.errors[p]);
    entry.spread.erase(parameter.key);
    result.fitted.push_back({.kind = parameter.kind,
                             .entry = entry.id(),
                             .key = parameter.key,
                             .before = std::exp(start[p]),
                             .after = std::exp(fitted.x[p]),
                             .error = fitted.errors[p],
                             .rows = fitted.rows_moved[p]});
  }
}

Error nothing_to_fit(const Validation& validation) {
  std::size_t no_profile = 0;
  for (const Comparison& c : validation.rows) {
    if (c.predicted && !c.names.own_profile) ++no_profile;
  }
  if (no_profile > 0) {
    return {
        ErrorCode::kInconsistent,
        fmt::format("{} rows have a prediction, and none of them an engine with coefficients of "
                    "its own",
                    no_profile),
        validation.file, "say which engine it was, e.g. --engine vllm-0.12.0"};
  }
  return {ErrorCode::kInconsistent, "no measured row says anything about a coefficient",
          validation.file, "see 'berth validate' for what became of each row"};
}

}  // namespace

std::string_view to_string(HoldOut hold_out) {
  switch (hold_out) {
    case HoldOut::kNone: return "in sample";
    case HoldOut::kModel: return "model out";
    case HoldOut::kGpu: return "GPU out";
  }
  return "";
}

std::string_view to_string(GroupKind kind) {
  switch (kind) {
    case GroupKind::kDense: return "dense, NVIDIA";
    case GroupKind::kMixture: return "mixture, NVIDIA";
    case GroupKind::kAmd: return "AMD";
    case GroupKind::kGaudi: return "Gaudi";
    case GroupKind::kOther: return "other";
  }
  return "";
}

Result<Calibration> calibrate(const Catalog& catalog, const Coefficients& prior,
                              const Validation& validation, const CalibrationOptions& options) {
  const Result<ParameterSet> parameters = ParameterSet::of(prior);
  if (!parameters) return parameters.errors();
  const FitRuns runs(catalog, validation, *parameters);
  if (parameters->size() == 0) {
    return Error{ErrorCode::kInconsistent, "no coefficient has a spread, so none may move",
                 validation.file,
                 "a prior states 'spread' beside its values; without --prior the "
                 "built-in coefficients have usual ones"};
  }
  if (runs.rows().empty()) return nothing_to_fit(validation);
  if (options.on_progress) options.on_progress("all rows");
  std::vector<std::size_t> all(runs.rows().size());
  for (std::size_t k = 0; k < all.size(); ++k) all[k] = k;
  const CoefficientFit fitted = fit(*parameters, runs, all, parameters->start(), options.fit);

  Calibration result;
  result.coefficients = parameters->apply(fitted.x);
  result.rows = runs.rows().size();
  result.steps = fitted.steps;
  result.objective = fitted.objective;
  list_coefficients(result, fitted, *parameters);
  add_provenance(result, runs, *parameters, file_name(validation.file));

  std::array<Predictions, kHoldOuts.size()> predicted;
  predicted[0] = predict_all(runs, runs.resolve(result.coefficients), validation.rows.size());
  for (std::size_t h = 1; options.cross_validate && h < kHoldOuts.size(); ++h) {
    HeldOutPredictions held_out =
        hold_out_each(kHoldOuts[h], *parameters, runs, validation, options);
    predicted[h] = std::move(held_out.predicted);
    result.folds += held_out.folds;
  }
  result.groups = groups_of(validation, predicted);
  return result;
}

}  // namespace berth
