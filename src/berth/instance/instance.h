#pragma once
// The optimisation problem alone: immutable columns, checked once. berth.instance/1.
// Semantics: docs/formulation.md, section 3. Solvers see nothing else.

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "berth/core/id.h"
#include "berth/core/money.h"
#include "berth/core/result.h"

namespace berth {

inline constexpr double kNoLimit = std::numeric_limits<double>::infinity();
inline constexpr std::int32_t kUnlimited = std::numeric_limits<std::int32_t>::max();
inline constexpr std::int32_t kNoGroup = -1;
inline constexpr std::int32_t kMaxLot = 4096;  ///< GPUs a box; a rack has 72
inline constexpr CostRate kNoBudget =
    CostRate::micro_usd_per_hour(std::numeric_limits<std::int64_t>::max());

/// What a caller fills in; parallel vectors per table. Pairs in any order.
struct InstanceColumns {
  struct Classes {
    std::vector<std::string> name;
    std::vector<CostRate> unmet_cost;  ///< phi_i: USD/h if wholly unmet
    std::vector<double> max_unmet;     ///< share 0..1
    std::vector<double> max_delay;     ///< Delta_i, s; kNoLimit
    std::vector<double> max_error;     ///< eps_i, 0..1; kNoLimit
  } classes;
  struct Pools {
    std::vector<std::string> name;
  } pools;
  struct Offers {
    std::vector<std::string> name;
    std::vector<PoolId> pool;
    std::vector<std::int32_t> lot;  ///< GPUs a box
    std::vector<CostRate> cost;     ///< per box
    std::vector<std::int32_t> max;  ///< boxes; kUnlimited
  } offers;
  struct Options {
    std::vector<std::string> name;
    std::vector<PoolId> pool;
    std::vector<std::int32_t> units;         ///< GPUs a replica
    std::vector<CostRate> fixed_cost;        ///< while active
    std::vector<std::int32_t> max_replicas;  ///< kUnlimited
    std::vector<std::int32_t> group;         ///< dense group number; kNoGroup
    std::vector<std::string> group_name;     ///< by group number
  } options;
  struct Pairs {
    std::vector<OptionId> option;
    std::vector<ClassId> query_class;
    std::vector<double> load;    ///< a_id, replicas if all of i went to d; > 0
    std::vector<double> delay;   ///< D_id, s
    std::vector<double> error;   ///< e_id, 0..1
    std::vector<CostRate> cost;  ///< p_id, USD/h if all of i went to d
  } pairs;
  CostRate budget = kNoBudget;
  /// What runs now, and what leaving it costs (docs/replan.md). Empty columns: nothing runs yet and
  /// changes are free.
  struct Switching {
    std::vector<std::int32_t> replicas;     ///< by option: running now
    std::vector<CostRate> start_cost;       ///< by option: per replica more than now
    std::vector<CostRate> stop_cost;        ///< by option: per replica fewer than now
    std::vector<std::int32_t> boxes;        ///< by offer: rented now
    std::vector<CostRate> rent_cost;        ///< by offer: per box more than now
    std::int32_t max_changes = kUnlimited;  ///< replicas started and stopped, in all
    [[nodiscard]] bool empty() const { return replicas.empty(); }
  } switching;
  /// Budgeted uncertainty (docs/robust.md): any `budget` classes at once may turn out worse by
  /// these shares. Empty columns: all is as stated.
  struct Uncertainty {
    double budget = 0.0;        ///< Gamma, classes
    std::vector<double> load;   ///< by class
    std::vector<double> delay;  ///< by class
    std::vector<double> error;  ///< by class
    [[nodiscard]] bool empty() const { return load.empty(); }
    /// Whether anything may turn out worse at all.
    [[nodiscard]] bool matters() const { return budget > 0.0 && !empty(); }
    /// The part of its deviation that a class alone may show.
    [[nodiscard]] double alone() const { return budget < 1.0 ? budget : 1.0; }
  } uncertainty;
};

class Instance {
 public:
  /// Checks every index, sign, NaN and length and duplicate (option, class) pair; all errors at
  /// once with `where` = the JSON pointer of berth.instance/1. Sorts pairs by (class, option).
  [[nodiscard]] static Result<Instance> make(InstanceColumns columns);

  [[nodiscard]] std::size_t class_count() const { return columns_.classes.name.size(); }
  [[nodiscard]] std::size_t pool_count() const { return columns_.pools.name.size(); }
  [[nodiscard]] std::size_t offer_count() const { return columns_.offers.name.size(); }
  [[nodiscard]] std::size_t option_count() const { return columns_.options.name.size(); }
  [[nodiscard]] std::size_t pair_count() const { return columns_.pairs.option.size(); }
  [[nodiscard]] std::size_t group_count() const { return columns_.options.group_name.size(); }

  /// The columns, pairs sorted by (class, option).
  [[nodiscard]] const InstanceColumns& columns() const { return columns_; }

  /// Pairs of class i are the contiguous range [first_pair(i), first_pair(i + 1)).
  [[nodiscard]] std::size_t first_pair(ClassId id) const { return first_pair_[id.index()]; }
  [[nodiscard]] std::size_t end_pair(ClassId id) const { return first_pair_[id.index() + 1]; }
  /// Pair indices of option d, ascending by class.
  [[nodiscard]] std::span<const std::uint32_t> pairs_of(OptionId id) const;
  /// Offers of pool r, ascending by cost per GPU.
  [[nodiscard]] std::span<const OfferId> offers_of(PoolId id) const;
  /// Options of pool r.
  [[nodiscard]] std::span<const OptionId> options_of(PoolId id) const;
  /// Pair index of (class, option), or nullopt. O(log pairs of the class).
  [[nodiscard]] std::optional<std::size_t> find_pair(ClassId query_class, OptionId option) const;

 private:
  explicit Instance(InstanceColumns columns);

  InstanceColumns columns_;
  std::vector<std::size_t> first_pair_;         // classes + 1
  std::vector<std::uint32_t> option_pairs_;     // pair indices, grouped by option
  std::vector<std::size_t> first_option_pair_;  // options + 1
  std::vector<OfferId> pool_offers_;
  std::vector<std::size_t> first_pool_offer_;
  std::vector<OptionId> pool_options_;
  std::vector<std::size_t> first_pool_option_;
};

}  // namespace berth
