#include "berth/calibrate/runs.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <tuple>

#include "berth/measure/forecast.h"

namespace berth {
namespace {

constexpr std::size_t kNone = std::numeric_limits<std::size_t>::max();

/// What rows of a kind weigh beside the others: TTFT depends on the statistic and the moment a
/// benchmark looks at, serving of mixtures on the engine's release. Dense models' rows must not pay
/// for either.
constexpr double kTtftWeight = 0.4;
constexpr double kServedMixtureWeight = 0.35;

double kind_weight(const Comparison& c) {
  double weight = c.setting.metric == Metric::kTtft ? kTtftWeight : 1.0;
  const bool served = c.setting.load == Load::kClosedLoop;
  if (served && c.names.model->is_moe()) weight *= kServedMixtureWeight;
  return weight;
}

/// Whether the entry, or one it is like, has a spread.
bool is_fitted(std::span<const CoefficientEntry> entries, const CoefficientEntry& entry) {
  return !entry.spread.empty() && !entries.empty();
}

/// Whether `entry` is, or is like, entries[index] without a value or spread of its own for `key`.
bool takes_from(std::span<const CoefficientEntry> entries, const CoefficientEntry& entry,
                std::size_t index, std::string_view key) {
  const CoefficientEntry* at = &entry;
  while (at != nullptr) {
    if (at == &entries[index]) return true;
    if (at->values.contains(key) || at->spread.contains(key) || at->like.empty()) return false;
    at = find_entry(entries, at->like);
  }
  return false;
}

}  // namespace

FitRuns::FitRuns(const Catalog& catalog, const Validation& validation,
                 const ParameterSet& parameters)
    : catalog_(&catalog), validation_(&validation), parameters_(&parameters) {
  gpu_of_comparison_.assign(validation.rows.size(), kNone);
  for (std::size_t k = 0; k < validation.rows.size(); ++k) {
    const Comparison& c = validation.rows[k];
    if (!c.names.complete()) continue;
    const auto found = std::find(gpus_.begin(), gpus_.end(), c.names.gpu);
    gpu_of_comparison_[k] = static_cast<std::size_t>(found - gpus_.begin());
    if (found == gpus_.end()) gpus_.push_back(c.names.gpu);
    if (!fits(c)) continue;
    const auto engine = static_cast<std::size_t>(c.names.engine_profile - catalog.engines().data());
    rows_.push_back({k, gpu_of_comparison_[k], engine, std::log(c.row.value), 0.0});
  }
  weigh();
}

bool FitRuns::fits(const Comparison& c) const {
  if (!c.predicted || c.setting.suspect() || c.row.derived || !c.names.own_profile) return false;
  const Coefficients& prior = parameters_->prior();
  const CoefficientEntry* architecture = find_entry(prior.architectures, c.names.gpu->architecture);
  if (architecture == nullptr || !is_fitted(prior.architectures, *architecture)) return false;
  // Rates of a closed loop follow from its times; the context of a decode profile is not stated.
  const bool rate =
      c.setting.metric == Metric::kTokenRate || c.setting.metric == Metric::kRequestRate;
  if (rate && c.setting.load == Load::kClosedLoop) return false;
  return !(c.setting.load == Load::kLayerProfile && c.setting.metric == Metric::kDecodeStep);
}

void FitRuns::weigh() {
  using Sweep =
      std::tuple<Metric, Load, const EngineProfile*, const GpuType*, const ModelSpec*, Precision>;
  const auto sweep_of = [&](const FitRow& row) {
    const Comparison& c = validation_->rows[row.comparison];
    return Sweep{c.setting.metric, c.setting.load, c.names.engine_profile,
                 c.names.gpu,      c.names.model,  *c.names.precision};
  };
  std::map<Sweep, double> sizes;
  for (const FitRow& row : rows_) sizes[sweep_of(row)] += 1.0;
  for (FitRow& row : rows_) {
    row.weight = kind_weight(validation_->rows[row.comparison]) / std::sqrt(sizes[sweep_of(row)]);
  }
}

/// What the catalog says of this GPU alone, no fit to its architecture moves.
void FitRuns::keep_own(const GpuType& gpu, GpuEfficiency& efficiency) const {
  const Coefficients& stated = catalog_->coefficients();
  const CoefficientEntry* architecture = find_entry(stated.architectures, gpu.architecture);
  if (architecture == nullptr) {
    efficiency = gpu.efficiency;
    return;
  }
  const GpuEfficiency usual = resolve_efficiency(stated, *architecture, gpu);
  for (const auto& field : efficiency_fields()) {
    const double own = gpu.efficiency.*field.member;
    if (own != usual.*field.member) efficiency.*field.member = own;
  }
}

Resolved FitRuns::resolve(const Coefficients& coefficients) const {
  Resolved resolved;
  for (const GpuType* gpu : gpus_) {
    GpuType copy = *gpu;
    const CoefficientEntry* architecture =
        find_entry(coefficients.architectures, gpu->architecture);
    if (architecture != nullptr) {
      copy.efficiency = resolve_efficiency(coefficients, *architecture, *gpu);
      keep_own(*gpu, copy.efficiency);
    }
    resolved.gpus.push_back(std::move(copy));
  }
  for (const CoefficientEntry& engine : coefficients.engines) {
    resolved.engines.push_back(resolve_engine(coefficients, engine));
  }
  return resolved;
}

std::optional<double> FitRuns::predict(std::size_t comparison, const Resolved& resolved) const {
  const Comparison& c = validation_->rows[comparison];
  if (gpu_of_comparison_[comparison] == kNone) return std::nullopt;
  const auto engine = static_cast<std::size_t>(c.names.engine_profile - catalog_->engines().data());
  Deployment deployment;
  deployment.model = c.names.model;
  deployment.gpu = &resolved.gpus[gpu_of_comparison_[comparison]];
  deployment.engine = &resolved.engines[engine];
  deployment.precision = *c.names.precision;
  return forecast(c.setting, deployment).value;
}

double FitRuns::residual(const FitRow& row, const Resolved& resolved) const {
  const std::optional<double> predicted = predict(row.comparison, resolved);
  return predicted ? std::log(*predicted) - row.log_measured : 0.0;
}

std::vector<std::size_t> FitRuns::rows_moved(const Parameter& parameter) const {
  const Coefficients& prior = parameters_->prior();
  std::vector<std::size_t> moved;
  for (std::size_t k = 0; k < rows_.size(); ++k) {
    bool moves = false;
    if (parameter.kind == CoefficientKind::kEngine) {
      moves =
          takes_from(prior.engines, prior.engines[rows_[k].engine], parameter.entry, parameter.key);
    } else {
      const CoefficientEntry* architecture =
          find_entry(prior.architectures, gpus_[rows_[k].gpu]->architecture);
      moves = takes_from(prior.architectures, *architecture, parameter.entry, parameter.key);
    }
    if (moves) moved.push_back(k);
  }
  return moved;
}

}  // namespace berth
