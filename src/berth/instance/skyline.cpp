#include "berth/instance/skyline.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <tuple>

namespace berth {
namespace {

/// Enough GPUs to run `replicas` more of a than anybody can rent.
bool replicas_never_bind(const DominanceRows& rows, std::span<const PoolSupply> supplies,
                         std::size_t a) {
  if (rows.max_replicas[a] == kUnlimited) return true;
  const std::int64_t gpus = supplies[rows.pool[a]].gpus;
  return gpus != PoolSupply::kEndless && rows.max_replicas[a] >= gpus / rows.units[a];
}

/// y replicas of b can always become y replicas of a: in number, GPUs and money.
bool can_replace(const DominanceRows& rows, std::span<const PoolSupply> supplies, std::size_t a,
                 std::size_t b) {
  const bool same_group = rows.group[a] != kNoGroup && rows.group[a] == rows.group[b];
  if (rows.group[a] != kNoGroup && !same_group) return false;
  if (rows.fixed_cost[a] > rows.fixed_cost[b]) return false;
  // Two options of one group never run together, so a takes over the replicas of b alone. Without
  // a group it adds them to its own, which only limits that never bind allow.
  if (!replicas_never_bind(rows, supplies, a) &&
      !(same_group && rows.max_replicas[a] >= rows.max_replicas[b])) {
    return false;
  }
  if (rows.pool[a] == rows.pool[b]) return rows.units[a] <= rows.units[b];
  const std::optional<CostRate>& price = supplies[rows.pool[a]].endless_gpu;
  const std::optional<CostRate>& saved = supplies[rows.pool[b]].saved_gpu;
  return price && saved && *price > CostRate{} && *price * rows.units[a] <= *saved * rows.units[b];
}

bool no_greater(std::span<const double> a, std::span<const double> b) {
  // Blocks without branches inside let the compiler use vector instructions.
  constexpr std::size_t kBlock = 8;
  std::size_t k = 0;
  for (; k + kBlock <= a.size(); k += kBlock) {
    int greater = 0;
    for (std::size_t j = k; j < k + kBlock; ++j) greater += a[j] > b[j] ? 1 : 0;
    if (greater != 0) return false;
  }
  for (; k < a.size(); ++k) {
    if (a[k] > b[k]) return false;
  }
  return true;
}

/// Cheap facts of a row; dominance implies an order of each.
struct Digest {
  std::uint64_t served = 0;  ///< bit k % 64: some criterion k is finite
  std::size_t missing = 0;   ///< infinite criteria
  double sum = 0.0;          ///< of the finite ones
};

Digest digest(std::span<const double> row) {
  Digest d;
  for (std::size_t k = 0; k < row.size(); ++k) {
    if (std::isinf(row[k])) {
      ++d.missing;
    } else {
      d.served |= std::uint64_t{1} << (k % 64);
      d.sum += row[k];
    }
  }
  return d;
}

/// Rows in an order in which a dominating row comes first, ties apart: by `size` (units or money),
/// then by how much is served, then by the sum of the criteria.
class Sieve {
 public:
  Sieve(const DominanceRows& rows, std::span<const PoolSupply> supplies)
      : rows_(rows), supplies_(supplies), digests_(rows.size()) {
    for (std::size_t r = 0; r < rows.size(); ++r) digests_[r] = digest(rows.row(r));
  }

  [[nodiscard]] bool serves_nothing(std::size_t r) const {
    return digests_[r].missing == rows_.width;
  }

  /// Drops dominated ones of `candidates` (sets keep to 0).
  template <class SizeOf>
  void run(std::vector<std::uint32_t> candidates, SizeOf size_of,
           std::vector<std::uint8_t>& keep) const {
    std::sort(candidates.begin(), candidates.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::tuple(size_of(a), digests_[a].missing, digests_[a].sum, a) <
             std::tuple(size_of(b), digests_[b].missing, digests_[b].sum, b);
    });
    std::vector<std::uint32_t> kept;
    std::size_t last_hit = 0;  // the row that dominated before probably does so again
    for (const std::uint32_t b : candidates) {
      const bool again = last_hit < kept.size() && dominates(kept[last_hit], b);
      std::size_t hit = again ? last_hit : 0;
      while (hit < kept.size() && !dominates(kept[hit], b)) ++hit;
      if (hit == kept.size()) {
        kept.push_back(b);
      } else {
        last_hit = hit;
        keep[b] = 0;
      }
    }
    // A later row of the same size and criteria may still win by fixed cost or replicas.
    for (std::size_t i = 0; i < kept.size(); ++i) {
      for (std::size_t j = i + 1; j < kept.size() && keep[kept[i]] != 0; ++j) {
        if (keep[kept[j]] != 0 && dominates(kept[j], kept[i])) keep[kept[i]] = 0;
      }
    }
  }

  [[nodiscard]] bool dominates(std::size_t a, std::size_t b) const {
    return (digests_[b].served & ~digests_[a].served) == 0 &&
           digests_[a].missing <= digests_[b].missing && can_replace(rows_, supplies_, a, b) &&
           no_greater(rows_.row(a), rows_.row(b));
  }

 private:
  const DominanceRows& rows_;
  std::span<const PoolSupply> supplies_;
  std::vector<Digest> digests_;
};

}  // namespace

void DominanceRows::add(std::span<const double> row, std::uint32_t pool_index,
                        std::int32_t units_per_replica, CostRate fixed, std::int32_t max,
                        std::int32_t group_number) {
  criteria.insert(criteria.end(), row.begin(), row.end());
  pool.push_back(pool_index);
  units.push_back(units_per_replica);
  fixed_cost.push_back(fixed);
  max_replicas.push_back(max);
  group.push_back(group_number);
}

DominanceRows DominanceRows::tail(std::size_t first) const {
  const auto from = [first](const auto& column, std::size_t step) {
    return std::decay_t<decltype(column)>(
        column.begin() + static_cast<std::ptrdiff_t>(first * step), column.end());
  };
  return {width,          from(criteria, width), from(pool, 1),
          from(units, 1), from(fixed_cost, 1),   from(max_replicas, 1),
          from(group, 1)};
}

void DominanceRows::keep_tail(std::size_t first, std::span<const std::uint8_t> keep) {
  std::size_t kept = first;
  for (std::size_t r = first; r < size(); ++r) {
    if (keep[r - first] == 0) continue;
    if (kept != r) {
      const double* const source = criteria.data() + r * width;
      std::copy(source, source + width, criteria.data() + kept * width);
      pool[kept] = pool[r];
      units[kept] = units[r];
      fixed_cost[kept] = fixed_cost[r];
      max_replicas[kept] = max_replicas[r];
      group[kept] = group[r];
    }
    ++kept;
  }
  criteria.resize(kept * width);
  pool.resize(kept);
  units.resize(kept);
  fixed_cost.resize(kept);
  max_replicas.resize(kept);
  group.resize(kept);
}

std::vector<PoolSupply> pool_supplies(const InstanceColumns::Offers& offers, std::size_t pools) {
  std::vector<PoolSupply> supplies(pools);
  std::vector<std::uint8_t> single(pools, 1);
  for (std::size_t o = 0; o < offers.pool.size(); ++o) {
    if (offers.max[o] == 0) continue;
    PoolSupply& supply = supplies[offers.pool[o].index()];
    const bool endless = offers.max[o] == kUnlimited;
    if (endless || supply.gpus == PoolSupply::kEndless) {
      supply.gpus = PoolSupply::kEndless;
    } else {
      // 31 + 31 bits a term; a sum beyond what an int32 of replicas can use is as good as endless.
      supply.gpus = std::min(supply.gpus + std::int64_t{offers.lot[o]} * offers.max[o],
                             PoolSupply::kEndless / 4);
    }
    if (offers.lot[o] != 1) {
      single[offers.pool[o].index()] = 0;
      continue;
    }
    if (endless && (!supply.endless_gpu || offers.cost[o] < *supply.endless_gpu)) {
      supply.endless_gpu = offers.cost[o];
    }
    if (!supply.saved_gpu || offers.cost[o] < *supply.saved_gpu) supply.saved_gpu = offers.cost[o];
  }
  for (std::size_t r = 0; r < pools; ++r) {
    if (single[r] == 0) supplies[r].saved_gpu.reset();
  }
  return supplies;
}

bool dominates(const DominanceRows& rows, std::span<const PoolSupply> supplies, std::size_t a,
               std::size_t b) {
  return can_replace(rows, supplies, a, b) && no_greater(rows.row(a), rows.row(b));
}

std::vector<std::uint8_t> undominated_rows(const DominanceRows& rows,
                                           std::span<const PoolSupply> supplies) {
  const Sieve sieve(rows, supplies);
  std::vector<std::uint8_t> keep(rows.size(), 1);
  std::vector<std::vector<std::uint32_t>> by_pool(supplies.size());
  for (std::uint32_t r = 0; r < rows.size(); ++r) {
    if (sieve.serves_nothing(r)) {
      keep[r] = 0;
    } else {
      by_pool[rows.pool[r]].push_back(r);
    }
  }
  for (std::vector<std::uint32_t>& pool : by_pool) {
    sieve.run(
        std::move(pool), [&](std::uint32_t r) { return rows.units[r]; }, keep);
  }
  // Across pools: only among options whose GPUs are rented one by one.
  std::vector<std::uint32_t> single;
  for (std::uint32_t r = 0; r < rows.size(); ++r) {
    if (keep[r] != 0 && supplies[rows.pool[r]].saved_gpu) single.push_back(r);
  }
  const auto saved = [&](std::uint32_t r) {
    return *supplies[rows.pool[r]].saved_gpu * rows.units[r];
  };
  sieve.run(std::move(single), saved, keep);
  return keep;
}

}  // namespace berth
