#include "berth/stress/scenario.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <iterator>

#include "berth/core/random.h"

namespace berth {
namespace {

/// Draws the factors of one scenario; `common` is what they share.
class Factors {
 public:
  Factors(ScenarioShape shape, const Random& root)
      : shape_(shape), random_(root), common_(random_.uniform()) {}

  std::vector<double> draw(const FactorRange& range, std::size_t count) {
    std::vector<double> factors(count);
    for (double& factor : factors) factor = range.low + (range.high - range.low) * position();
    return factors;
  }

 private:
  /// 0 is the low end of a range, 1 the high one.
  double position() {
    const double own = random_.uniform();
    switch (shape_) {
      case ScenarioShape::kUniform: return own;
      case ScenarioShape::kCorrelated: {
        constexpr double kShared = 0.7;
        return kShared * common_ + (1.0 - kShared) * own;
      }
      case ScenarioShape::kHeavy: {
        // Pareto of index 2, from 0: P(position > 1) = 1/20.
        constexpr double kFarthest = 4.0;
        const double scale = 1.0 / (std::sqrt(20.0) - 1.0);
        return std::min(kFarthest, scale * (1.0 / std::sqrt(1.0 - own) - 1.0));
      }
    }
    return own;
  }

  ScenarioShape shape_;
  Random random_;
  double common_;
};

}  // namespace

ScenarioShape scenario_shape_of(std::string_view name) {
  const auto at = std::find(std::begin(kScenarioShapeNames), std::end(kScenarioShapeNames), name);
  assert(at != std::end(kScenarioShapeNames));
  return static_cast<ScenarioShape>(at - std::begin(kScenarioShapeNames));
}

DelayKind delay_kind_of(std::string_view name) {
  const auto at = std::find(std::begin(kDelayKindNames), std::end(kDelayKindNames), name);
  assert(at != std::end(kDelayKindNames));
  return static_cast<DelayKind>(at - std::begin(kDelayKindNames));
}

Scenario draw_scenario(const Fleet& fleet, const ScenarioRanges& ranges, std::uint64_t seed,
                       std::size_t index) {
  Factors factors(ranges.shape, Random(seed).split(index));
  Scenario scenario;
  scenario.demand = factors.draw(ranges.demand, fleet.classes.size());
  scenario.delay = factors.draw(ranges.delay, fleet.pools.size());
  scenario.error = factors.draw(ranges.error, fleet.catalog.models().size());
  scenario.delay_kind = ranges.delay_kind;
  return scenario;
}

}  // namespace berth
