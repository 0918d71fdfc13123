#pragma once
// The core of the dominance filter, on dense rows: the columns of an instance (dominance.cpp) and
// the build (build.cpp) both reduce to it. docs/formulation.md, "Dominance".

#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "berth/core/money.h"
#include "berth/instance/instance.h"

namespace berth {

/// What a pool can rent, as far as dominance needs it.
struct PoolSupply {
  std::int64_t gpus = 0;  ///< obtainable at most; kEndless
  /// Price at which one more GPU can always be had: the cheapest unlimited box of one GPU.
  std::optional<CostRate> endless_gpu;
  /// Least that giving back one GPU saves: the cheapest box, if every box holds one GPU.
  std::optional<CostRate> saved_gpu;

  static constexpr std::int64_t kEndless = std::numeric_limits<std::int64_t>::max();
};
[[nodiscard]] std::vector<PoolSupply> pool_supplies(const InstanceColumns::Offers& offers,
                                                    std::size_t pools);

/// Options as rows. `criteria` holds, per option, `width` numbers of which less is better:
/// infinity where the option does not serve the class.
struct DominanceRows {
  std::size_t width = 0;
  std::vector<double> criteria;  ///< rows x width
  std::vector<std::uint32_t> pool;
  std::vector<std::int32_t> units;
  std::vector<CostRate> fixed_cost;
  std::vector<std::int32_t> max_replicas;
  std::vector<std::int32_t> group;

  [[nodiscard]] std::size_t size() const { return units.size(); }
  [[nodiscard]] std::span<const double> row(std::size_t r) const {
    return std::span(criteria).subspan(r * width, width);
  }
  /// Rows from `first` on.
  [[nodiscard]] DominanceRows tail(std::size_t first) const;
  /// Drops the rows first + k with keep[k] = 0.
  void keep_tail(std::size_t first, std::span<const std::uint8_t> keep);
  void add(std::span<const double> row, std::uint32_t pool_index, std::int32_t units_per_replica,
           CostRate fixed, std::int32_t max, std::int32_t group_number);
};

/// keep[r] = 0 for rows that serve nothing, and for rows that another kept row makes useless. Of
/// equal rows the first stays. O(rows x kept x width) at worst; most comparisons end at the first
/// criteria.
[[nodiscard]] std::vector<std::uint8_t> undominated_rows(const DominanceRows& rows,
                                                         std::span<const PoolSupply> supplies);

/// Whether row a may always stand in for row b (the rule that undominated_rows applies).
[[nodiscard]] bool dominates(const DominanceRows& rows, std::span<const PoolSupply> supplies,
                             std::size_t a, std::size_t b);

}  // namespace berth
