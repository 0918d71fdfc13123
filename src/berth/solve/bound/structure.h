#pragma once
// How the relaxation of an instance falls apart: which prices there are (the dimensions of the
// search), which rows they belong to, and the blocks that remain (docs/bound.md, "Blocks").

#include <cstddef>
#include <cstdint>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/bound/bound.h"
#include "berth/solve/bound/pool_costs.h"

namespace berth::bound {

inline constexpr std::int32_t kNone = -1;

/// Position of each price in the vector the search moves; kNone where there is no such price.
struct Space {
  std::size_t classes = 0;  ///< demand prices are dimensions 0 .. classes - 1
  std::int32_t budget = kNone;
  std::vector<std::int32_t> delay;  ///< by class
  std::vector<std::int32_t> error;
  std::vector<std::int32_t> pool;  ///< by pool; only kPriced ones
  std::vector<std::int32_t>
      group;                   ///< by group; only those that reach over pools one of which is whole
  std::vector<double> supply;  ///< by dimension: right-hand side of its row

  [[nodiscard]] std::size_t size() const { return supply.size(); }
};

/// A block is what is still decided together: an option, a group of options, a whole pool.
struct Blocks {
  std::vector<std::uint32_t> of_option;
  std::vector<std::int32_t> pool;  ///< by block: the whole pool it is, or kNone
  [[nodiscard]] std::size_t size() const { return pool.size(); }
};

/// Sum of |terms| beside a sum: what rounding errors are measured against.
struct Tally {
  double sum = 0.0;
  double magnitude = 0.0;
  void add(double term) {
    sum += term;
    magnitude += term < 0.0 ? -term : term;
  }
};

class Structure {
 public:
  Structure(const Instance& instance, Treatment treatment);

  [[nodiscard]] const Instance& instance() const { return *instance_; }
  [[nodiscard]] const Space& space() const { return space_; }
  [[nodiscard]] const Blocks& blocks() const { return blocks_; }
  [[nodiscard]] const PoolCosts& pool(std::size_t r) const { return pools_[r]; }

  [[nodiscard]] std::vector<double> to_vector(const Prices& prices) const;
  /// Prices of pools that the search does not move follow from the others.
  [[nodiscard]] Prices to_prices(const std::vector<double>& vector) const;
  /// Makes prices fit for the relaxation: none below 0, none of a pool above what an endless offer
  /// costs (the bound would be -infinity).
  void clip(std::vector<double>& vector) const;

  /// USD/h a GPU of pool r counts in an option's own knapsack, under these prices.
  [[nodiscard]] double gpu_price(const Prices& prices, std::size_t r) const;
  /// USD/h for being open, without GPUs.
  [[nodiscard]] double opening(const Prices& prices, std::size_t option) const;
  /// Most replicas the instance allows.
  [[nodiscard]] double most_replicas(std::size_t option) const { return most_replicas_[option]; }

  /// Whether any pool is decided whole.
  [[nodiscard]] bool has_whole_pools() const;

  /// What the wholly relaxed rows and variables without a block (unmet shares, boxes of priced
  /// pools) add to the bound.
  [[nodiscard]] Tally outside_blocks(const Prices& prices) const;
  /// What plans may gain from the tolerances that check() grants, at these prices.
  [[nodiscard]] double tolerance_worth(const Prices& prices) const;

 private:
  void number_prices();
  void number_groups();
  void number_blocks();
  void bound_replicas();

  const Instance* instance_;
  std::vector<PoolCosts> pools_;
  Space space_;
  Blocks blocks_;
  std::vector<double> most_replicas_;
};

}  // namespace berth::bound
