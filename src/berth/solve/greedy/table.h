#pragma once
// What GH reads of an instance, laid out by option so that one candidate is one contiguous run.
// Built once per solve, shared by all attempts. M1 happens here: what can never fit is left out.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/instance/instance.h"
#include "berth/solve/rental.h"
#include "berth/solve/switching.h"

namespace berth::greedy {

/// One usable pair; `entry` indexes GreedyTable's entry columns.
struct ClassEntry {
  std::uint32_t entry = 0;
  std::uint32_t option = 0;
};

/// A pair as the evaluation of its option reads it.
struct Entry {
  std::uint32_t query_class = 0;
  std::uint32_t pair = 0;     ///< index into the instance's pair columns
  double load = 0.0;          ///< a_id, replicas
  double cost = 0.0;          ///< p_id, micro-dollars per hour
  double delay_excess = 0.0;  ///< D_id - Delta_i; 0 if the class has no limit
  double error_excess = 0.0;  ///< e_id - eps_i; 0 if the class has no limit
};

/// Why a class has no candidate at all (M1), for the diagnosis.
enum class Blocker : std::uint8_t { kNone, kNoOption, kGpus, kBudget, kDelay, kError, kGroup };

struct GreedyTable {
  GreedyTable(const Instance& instance, bool feasibility_filter);

  const Instance& instance;

  // By option.
  std::vector<std::uint32_t> first;  ///< entries of d: [first[d], first[d + 1]), ascending class
  std::vector<std::uint32_t> pool;
  std::vector<std::int32_t> units;
  std::vector<std::int32_t> max_replicas;  ///< also limited by the GPUs of the pool; 0 = unusable
  std::vector<std::int32_t> group;
  std::vector<std::int64_t> fixed;  ///< micro-dollars per hour
  SwitchingCosts switching;
  std::vector<Blocker> blocker;  ///< kNone = usable

  // By entry.
  std::vector<Entry> entries;

  // By class.
  std::vector<std::uint32_t>
      class_first;                     ///< candidates of i: [class_first[i], class_first[i + 1])
  std::vector<ClassEntry> candidates;  ///< usable pairs, by class then option
  std::vector<std::uint32_t> class_pools;  ///< pools with a candidate of i
  std::vector<double> unmet_cost;          ///< phi_i, micro-dollars per hour

  std::vector<PoolRental> pools;
  std::int64_t budget = 0;     ///< micro-dollars per hour; INT64_MAX = none
  bool shared_limits = false;  ///< some cap, group or budget that classes compete for
  bool boxes = false;          ///< some box holds several GPUs
  bool averages = false;       ///< some class limits its average delay or error

  /// Whether class i can run in one or two pools only, so that others may take its place.
  [[nodiscard]] bool scarce(std::size_t i) const { return class_pools[i] <= 2; }

  [[nodiscard]] std::size_t class_count() const { return unmet_cost.size(); }
  [[nodiscard]] std::size_t option_count() const { return pool.size(); }
  [[nodiscard]] std::span<const Entry> entries_of(std::size_t d) const {
    return {entries.data() + first[d], entries.data() + first[d + 1]};
  }
  [[nodiscard]] std::span<const ClassEntry> candidates_of(std::size_t i) const {
    return {candidates.data() + class_first[i], candidates.data() + class_first[i + 1]};
  }
};

}  // namespace berth::greedy
