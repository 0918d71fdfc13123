#pragma once
// What AGH reads of an instance, or of a part of it: columns by option, so that one option is one
// contiguous run. A part has some of the classes; what the others use of an option stays in place
// as its base, and what they leave of it is free.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/rental.h"
#include "berth/solve/switching.h"

namespace berth::adaptive {

/// One pair (class, option).
struct Entry {
  std::uint32_t query_class = 0;
  std::uint32_t option = 0;
  double load = 0.0;          ///< a_id, replicas
  double cost = 0.0;          ///< p_id, USD/h
  double delay_excess = 0.0;  ///< D_id - Delta_i; 0 if the class has no limit
  double error_excess = 0.0;  ///< e_id - eps_i; 0 if the class has no limit
};

struct Market {
  Market() = default;
  /// All of `instance`. O(pairs).
  explicit Market(const Instance& instance);

  // By class.
  std::vector<double> unmet_cost;  ///< phi_i, USD/h
  std::vector<double> max_unmet;
  std::vector<std::int32_t> delay_row;  ///< number of its average row, -1 = none
  std::vector<std::int32_t> error_row;
  std::uint32_t average_rows = 0;

  // By option.
  std::vector<std::uint32_t> first;  ///< entries of d: [first[d], first[d + 1])
  std::vector<std::uint32_t> pool;
  std::vector<std::int32_t> units;
  std::vector<std::int32_t> max_replicas;   ///< beside the base; also limited by the pool's GPUs
  std::vector<std::int32_t> group;          ///< kNoGroup
  std::vector<std::int64_t> fixed;          ///< micro-dollars per hour
  std::vector<double> unit_price;           ///< USD/h a replica, GPUs bought in fractions
  SwitchingCosts switching;                 ///< of base and other replicas together
  std::vector<std::int32_t> base_replicas;  ///< that stay; 0 for all of an instance
  std::vector<double> base_capacity;        ///< free on these, replicas

  // By entry, by class.
  std::vector<Entry> entries;
  std::vector<std::uint32_t> class_first;  ///< entries of i: class_entries[class_first[i]..)
  std::vector<std::uint32_t> class_entries;

  // By pool.
  /// Shared by all parts; copied by who asks for prices: it remembers answers.
  std::shared_ptr<const std::vector<PoolRental>> pools;
  std::vector<std::int64_t> base_gpus;  ///< used by what stays

  std::vector<std::uint8_t> group_taken;  ///< by group: by an option outside this part
  std::int64_t budget = 0;                ///< micro-dollars per hour of rent; INT64_MAX = none
  bool routing_costs = false;  ///< some pair costs something, or demand may stay unmet: there is
                               ///< more to a routing than whether it fits
  bool boxes = false;          ///< some pool's rent is not proportional to its GPUs
  bool limits = false;         ///< some cap, group or budget that options compete for

  /// Micro-dollars per hour for `replicas` of d beside the base: fixed cost and switching.
  [[nodiscard]] std::int64_t standing(std::size_t d, std::int64_t replicas) const {
    const std::int64_t total = replicas + base_replicas[d];
    const std::int64_t opened = total > 0 && base_replicas[d] == 0 ? fixed[d] : 0;
    return opened + switching.at(d, total);
  }
  [[nodiscard]] std::size_t class_count() const { return unmet_cost.size(); }
  [[nodiscard]] std::size_t option_count() const { return pool.size(); }
  [[nodiscard]] std::span<const Entry> entries_of(std::size_t d) const {
    return {entries.data() + first[d], entries.data() + first[d + 1]};
  }
  [[nodiscard]] std::span<const std::uint32_t> entries_of_class(std::size_t i) const {
    return {class_entries.data() + class_first[i], class_entries.data() + class_first[i + 1]};
  }
  /// Fills class_first and class_entries from `entries`.
  void index_classes();
};

}  // namespace berth::adaptive
