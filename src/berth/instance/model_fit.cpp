#include "berth/instance/model_fit.h"

#include <algorithm>

#include "berth/instance/planned_for.h"

namespace berth {
namespace {

/// 1 - score, before the precision's penalty; nullopt without a score.
std::optional<double> base_error(const ModelSpec& model, const QualityFloor& quality) {
  const auto score = model.quality.find(quality.task);
  if (score == model.quality.end()) return std::nullopt;
  return 1.0 - score->second;
}

Miss miss_of(const ModelSpec& model, const ClassTerms& c, const QualityFloor& quality,
             const PlannedFor& planned, bool scored, double error) {
  const double longest = c.longest_prompt + c.longest_output;
  const double context = model.max_context;
  if (longest > context) return {PairRejection::kContext, longest, context};
  if (quality.min <= 0.0) return {};
  const bool strict = quality.mode == QualityFloor::Mode::kStrict;
  if (!scored || (strict && error > strict_error_limit(planned, quality))) {
    return {PairRejection::kQuality, 1.0 - error, 1.0 - strict_error_limit(planned, quality)};
  }
  return {};
}

}  // namespace

std::vector<ModelFit> model_fits(const Fleet& fleet, const std::vector<ClassTerms>& terms) {
  std::vector<ModelFit> fits;
  for (const ModelId id : fleet.models) {
    const ModelSpec& model = fleet.catalog.model(id);
    std::vector<std::optional<double>> base;
    for (const FleetClass& c : fleet.classes) base.push_back(base_error(model, c.quality));
    const std::vector<Precision>& precisions =
        fleet.policy.precisions.empty() ? model.precisions : fleet.policy.precisions;
    for (const Precision precision : precisions) {
      const double penalty = fleet.catalog.precision_penalty(model, precision);
      ModelFit fit;
      fit.model = id;
      fit.precision = precision;
      for (std::uint32_t i = 0; i < terms.size(); ++i) {
        const double error = base[i] ? std::clamp(*base[i] + penalty, 0.0, 1.0) : 1.0;
        fit.error.push_back(error);
        const FleetClass& c = fleet.classes[i];
        fit.miss.push_back(miss_of(model, terms[i], c.quality, planned_for(fleet.policy, c.margin),
                                   base[i].has_value(), error));
        if (fit.miss.back().reason == PairRejection::kCount) fit.eligible.push_back(i);
      }
      fits.push_back(std::move(fit));
    }
  }
  return fits;
}

}  // namespace berth
