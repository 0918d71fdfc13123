#pragma once
// A whole plan between two searches of its parts: replicas, shares by class, and what they use.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/adaptive/market.h"

namespace berth::adaptive {

struct Assignment {
  /// Nothing placed. REQUIRES: `market` is a whole instance (no base).
  explicit Assignment(const Market& market);

  struct Share {
    std::uint32_t entry = 0;
    double share = 0.0;
    friend bool operator==(const Share&, const Share&) = default;
  };

  std::vector<std::int32_t> replicas;      // by option
  std::vector<std::vector<Share>> shares;  // by class
  std::vector<double> unmet;               // by class: left unmet on purpose
  std::vector<double> uncarried;           // by class: that found no place

  // Sums of the above.
  std::vector<double> load;          // by option
  std::vector<std::uint32_t> users;  // by option: classes with a share
  std::vector<std::int64_t> gpus;    // by pool

  /// Takes the shares of class i away (its replicas stay).
  void clear_class(const Market& market, std::size_t i);
  void set_class(const Market& market, std::size_t i, std::vector<Share> shares, double unmet,
                 double uncarried);
  void set_replicas(const Market& market, std::size_t d, std::int32_t count);

  [[nodiscard]] bool complete() const;
};

/// USD/h as price() would say it but for rounding: rent, fixed costs, routing. Infinity if a limit
/// on GPUs, replicas, groups or the budget is broken. O(options + shares).
[[nodiscard]] double cost_of(const Market& market, std::span<PoolRental> pools,
                             const Assignment& assignment);

}  // namespace berth::adaptive
