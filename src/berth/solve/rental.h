#pragma once
// What g GPUs of one pool cost at least: the cheapest boxes that hold them (a covering knapsack
// with bounded counts), solved exactly and remembered.

#include <cstdint>
#include <limits>
#include <span>
#include <unordered_map>
#include <vector>

#include "berth/instance/instance.h"

namespace berth {

class PoolRental {
 public:
  /// Pools beyond `table_gpus` GPUs are solved one query at a time instead of as a table.
  static constexpr std::int64_t kTableGpus = std::int64_t{1} << 14;

  PoolRental(const Instance& instance, PoolId pool, std::int64_t table_gpus = kTableGpus);

  /// GPUs that can be rented at all (and counted in micro-dollars).
  [[nodiscard]] std::int64_t obtainable() const { return obtainable_; }

  /// Micro-dollars per hour per GPU of the offer that is cheapest per GPU: a lower bound.
  [[nodiscard]] double cheapest_per_gpu() const { return cheapest_per_gpu_; }

  /// GPUs of the largest box: fewer more may cost nothing.
  [[nodiscard]] std::int64_t largest_lot() const { return largest_lot_; }

  /// Least micro-dollars per hour for at least `gpus` GPUs. REQUIRES: 0 <= gpus <= obtainable().
  /// O(1) for one offer or within the table.
  [[nodiscard]] std::int64_t cost(std::int64_t gpus) {
    if (offers_.size() == 1) {
      const Offer& only = offers_.front();
      return (only.lot == 1 ? gpus : (gpus + only.lot - 1) / only.lot) * only.cost;
    }
    if (gpus < static_cast<std::int64_t>(table_.size()))
      return table_[static_cast<std::size_t>(gpus)];
    return slow_cost(gpus);
  }

  /// Writes the counts of a cheapest choice for `gpus` GPUs into `boxes` (by OfferId of the
  /// instance); other pools' entries are left alone. REQUIRES: as cost().
  void choose(std::int64_t gpus, std::span<std::int32_t> boxes) const;

 private:
  struct Offer {
    OfferId id;
    std::int64_t lot = 1;
    std::int64_t cost = 0;  ///< of boxes that are rented anew, with what their start costs
    std::int64_t max = 0;
  };
  void add(const Offer& offer);
  /// `count` boxes of one offer, taken together or not at all.
  struct Bundle {
    std::size_t offer = 0;
    std::int64_t count = 0;
    std::int64_t gpus = 0;
    std::int64_t cost = 0;
  };

  [[nodiscard]] std::int64_t slow_cost(std::int64_t gpus);
  /// Boxes every cheapest choice for `gpus` may be assumed to contain, by position in offers_.
  [[nodiscard]] std::vector<std::int64_t> surely_rented(std::int64_t gpus) const;
  [[nodiscard]] std::vector<Bundle> bundles(std::int64_t gpus,
                                            std::span<const std::int64_t> rented) const;
  [[nodiscard]] std::int64_t solve_once(std::int64_t gpus) const;
  void fill_table(std::int64_t gpus);

  std::vector<Offer> offers_;  // ascending cost per GPU
  std::int64_t obtainable_ = 0;
  std::int64_t table_gpus_ = 0;
  std::int64_t largest_lot_ = 1;
  double cheapest_per_gpu_ = std::numeric_limits<double>::infinity();
  std::vector<std::int64_t> table_;  // by GPUs
  std::unordered_map<std::int64_t, std::int64_t> beyond_;
};

}  // namespace berth
