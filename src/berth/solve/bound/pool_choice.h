#pragma once
// All options of one pool together, where its boxes stay whole: how many replicas of each earn most
// after paying for boxes. A knapsack over the pool's states (docs/bound.md, "Whole pools").

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/bound/pool_costs.h"

namespace berth::bound {

/// One way to run one option. The profit counts per_gpu() for every GPU.
struct Choice {
  std::uint32_t option = 0;
  double replicas = 0.0;
  std::int64_t gpus = 0;
  double profit = 0.0;  ///< USD/h
};

/// Choices that exclude each other (of one option, or of one group); none may be taken unless
/// `forced`.
struct Stage {
  std::vector<Choice> choices;
  bool forced = false;
};

struct PoolPick {
  bool possible = false;       ///< false only if a forced stage cannot be kept
  double value = 0.0;          ///< USD/h: profits less `factor` times the slack of the final state
  std::vector<Choice> chosen;  ///< by stage, without those that took none
};

/// The best pick. `factor` >= 0 scales the pool's costs. O(states x choices).
[[nodiscard]] PoolPick pick(const PoolCosts& pool, double factor, std::span<const Stage> stages);

}  // namespace berth::bound
