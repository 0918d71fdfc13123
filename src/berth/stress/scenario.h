#pragma once
// What may come other than planned: more demand, slower replicas, worse answers. docs/stress.md.

#include <cstdint>
#include <string_view>
#include <vector>

#include "berth/fleet/fleet.h"

namespace berth {

/// Factors of one kind lie between these.
struct FactorRange {
  double low = 1.0;
  double high = 1.0;

  friend bool operator==(const FactorRange&, const FactorRange&) = default;
};

/// How the factors of a scenario hang together.
enum class ScenarioShape {
  kUniform,     ///< each on its own, uniform
  kCorrelated,  ///< seven tenths of each come from one draw: a bad day is bad for all
  kHeavy,       ///< Pareto: one in twenty lies beyond the high end, up to four times as far
};
inline constexpr const char* kScenarioShapeNames[] = {"uniform", "correlated", "heavy"};
/// REQUIRES: one of the names.
[[nodiscard]] ScenarioShape scenario_shape_of(std::string_view name);

/// What a delay factor does to a pool.
enum class DelayKind {
  kService,  ///< its replicas are slower: later answers, and fewer of them
  kLatency,  ///< its answers come later, as over a slow network: no capacity is lost
};
inline constexpr const char* kDelayKindNames[] = {"service", "latency"};
/// REQUIRES: one of the names.
[[nodiscard]] DelayKind delay_kind_of(std::string_view name);

struct ScenarioRanges {
  FactorRange demand{0.8, 1.5};  ///< on the rate of a class
  FactorRange delay{1.0, 1.5};   ///< on every time of a pool's replicas
  FactorRange error{1.0, 1.5};   ///< on the error of a model
  ScenarioShape shape = ScenarioShape::kUniform;
  DelayKind delay_kind = DelayKind::kService;

  friend bool operator==(const ScenarioRanges&, const ScenarioRanges&) = default;
};

struct Scenario {
  std::vector<double> demand;  ///< by class
  std::vector<double> delay;   ///< by pool
  std::vector<double> error;   ///< by model of the catalog
  DelayKind delay_kind = DelayKind::kService;
};

/// Scenario number `index` of a seed: the same whatever plan it meets, and whoever draws it.
[[nodiscard]] Scenario draw_scenario(const Fleet& fleet, const ScenarioRanges& ranges,
                                     std::uint64_t seed, std::size_t index);

}  // namespace berth
