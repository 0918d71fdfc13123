#pragma once
// What GPUs of one pool cost, and how the relaxation treats the pool (docs/bound.md, "Pools").

#include <cstddef>
#include <cstdint>
#include <vector>

#include "berth/instance/instance.h"

namespace berth::bound {

enum class PoolKind {
  kLinear,  ///< every GPU costs the same, without end: no price to find
  kWhole,   ///< few distinct situations: boxes stay whole, the pool's options are chosen together
  kPriced,  ///< a price a GPU: options are chosen apart, boxes may be rented in fractions
};

/// What becomes of pools that are not linear.
enum class Treatment {
  kPriced,  ///< fast
  kWhole,   ///< stronger; still priced where there are too many situations
};

/// The least cost of g GPUs as an automaton over g: after some point every further box of the
/// cheapest endless offer adds the same, so only finitely many situations (states) differ.
class PoolCosts {
 public:
  static constexpr std::size_t kNoState = static_cast<std::size_t>(-1);
  /// More states than this, and the pool is priced.
  static constexpr std::size_t kMostStates = 256;

  PoolCosts(const Instance& instance, PoolId pool, Treatment treatment);

  [[nodiscard]] PoolKind kind() const { return kind_; }
  /// USD/h. kLinear: what every GPU costs. Else a mere guide: the cheapest endless offer's, or the
  /// dearest offer's if none is endless.
  [[nodiscard]] double per_gpu() const { return per_gpu_; }
  /// USD/h a GPU of the cheapest offer, whatever its cap; infinity if nothing is on offer.
  [[nodiscard]] double cheapest_per_gpu() const { return cheapest_per_gpu_; }
  /// GPUs that can be rented at most; infinity if an offer is endless.
  [[nodiscard]] double obtainable() const { return obtainable_; }
  /// USD/h a GPU that can always be had; infinity if no offer is endless.
  [[nodiscard]] double endless_per_gpu() const { return endless_per_gpu_; }

  // The rest is for kWhole only.
  [[nodiscard]] std::size_t state_count() const { return cost_.size(); }
  /// State of `gpus` more, or kNoState if the pool cannot rent them. State 0: none.
  [[nodiscard]] std::size_t next(std::size_t state, std::int64_t gpus) const;
  /// USD/h: the cost in this state less per_gpu() for every GPU.
  [[nodiscard]] double slack(std::size_t state) const {
    return cost_[state] - per_gpu_ * static_cast<double>(state);
  }
  /// Most by which two states' slacks differ.
  [[nodiscard]] double slack_range() const { return most_slack_ - least_slack_; }
  [[nodiscard]] double least_slack() const { return least_slack_; }
  [[nodiscard]] bool endless() const { return period_ > 0; }
  /// Least USD/h for `gpus`. REQUIRES: can be rented.
  [[nodiscard]] double cost(std::int64_t gpus) const;

 private:
  void build_states(const std::vector<double>& cost, std::size_t first_periodic);

  PoolKind kind_ = PoolKind::kWhole;
  double per_gpu_ = 0.0;
  double endless_per_gpu_ = 0.0;
  double cheapest_per_gpu_ = 0.0;
  double obtainable_ = 0.0;
  std::vector<double> cost_;        // USD/h by GPUs 0 .. states - 1
  std::size_t first_periodic_ = 0;  // cost(g + period) = cost(g) + period * per_gpu from here on
  std::size_t period_ = 0;          // 0: the last state is the most that can be rented
  double least_slack_ = 0.0;
  double most_slack_ = 0.0;
};

}  // namespace berth::bound
