#include "berth/solve/greedy/table.h"

#include <algorithm>
#include <limits>

namespace berth::greedy {
namespace {

/// M1 for one option: can one replica of it ever run?
Blocker option_blocker(GreedyTable& table, std::size_t d) {
  PoolRental& pool = table.pools[table.pool[d]];
  if (table.max_replicas[d] < 1) return Blocker::kGpus;
  if (pool.cost(table.units[d]) > table.budget) return Blocker::kBudget;
  return Blocker::kNone;
}

void copy_options(const Instance& instance, GreedyTable& table) {
  const auto& options = instance.columns().options;
  const std::size_t count = instance.option_count();
  table.pool.resize(count);
  table.max_replicas.resize(count);
  table.fixed.resize(count);
  table.units = options.units;
  table.group = options.group;
  for (std::size_t d = 0; d < count; ++d) {
    table.pool[d] = options.pool[d].value();
    table.fixed[d] = options.fixed_cost[d].micros();
    const std::int64_t fits = table.pools[table.pool[d]].obtainable() / options.units[d];
    table.max_replicas[d] =
        static_cast<std::int32_t>(std::min<std::int64_t>(options.max_replicas[d], fits));
    table.shared_limits |= options.max_replicas[d] != kUnlimited || options.group[d] != kNoGroup;
  }
}

void copy_pairs(const Instance& instance, GreedyTable& table) {
  const auto& columns = instance.columns();
  const std::size_t options = instance.option_count();
  table.first.resize(options + 1);
  table.first[0] = 0;
  for (std::size_t d = 0; d < options; ++d) {
    table.first[d + 1] =
        table.first[d] + static_cast<std::uint32_t>(instance.pairs_of(OptionId(d)).size());
  }
  table.entries.resize(instance.pair_count());
  table.candidates.reserve(instance.pair_count());
  std::vector<std::uint32_t> next(table.first.begin(), table.first.end() - 1);
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    const double max_delay = columns.classes.max_delay[i];
    const double max_error = columns.classes.max_error[i];
    table.class_first[i] = static_cast<std::uint32_t>(table.candidates.size());
    for (std::size_t p = instance.first_pair(ClassId(i)); p < instance.end_pair(ClassId(i)); ++p) {
      const std::size_t d = columns.pairs.option[p].index();
      const std::uint32_t at = next[d]++;
      Entry& entry = table.entries[at];
      entry.query_class = static_cast<std::uint32_t>(i);
      entry.pair = static_cast<std::uint32_t>(p);
      entry.load = columns.pairs.load[p];
      entry.cost = static_cast<double>(columns.pairs.cost[p].micros());
      entry.delay_excess = max_delay == kNoLimit ? 0.0 : columns.pairs.delay[p] - max_delay;
      entry.error_excess = max_error == kNoLimit ? 0.0 : columns.pairs.error[p] - max_error;
      if (table.blocker[d] == Blocker::kNone) {
        table.candidates.push_back({at, static_cast<std::uint32_t>(d)});
      }
    }
  }
  table.class_first.back() = static_cast<std::uint32_t>(table.candidates.size());
}

}  // namespace

GreedyTable::GreedyTable(const Instance& source, bool feasibility_filter) : instance(source) {
  const auto& columns = instance.columns();
  budget = columns.budget.micros();
  shared_limits = columns.budget != kNoBudget;
  pools.reserve(instance.pool_count());
  for (std::size_t r = 0; r < instance.pool_count(); ++r) pools.emplace_back(instance, PoolId(r));
  // A pool whose every offer is capped is shared; a capped cheap offer only changes prices.
  constexpr std::int64_t kPlenty = std::int64_t{1} << 30;
  for (const PoolRental& rental : pools) {
    shared_limits |= rental.obtainable() < kPlenty;
    boxes |= rental.largest_lot() > 1;
  }

  switching = SwitchingCosts(instance);
  copy_options(instance, *this);
  blocker.assign(option_count(), Blocker::kNone);
  if (feasibility_filter) {
    for (std::size_t d = 0; d < option_count(); ++d) blocker[d] = option_blocker(*this, d);
  }
  const std::size_t classes = instance.class_count();
  unmet_cost.resize(classes);
  class_first.assign(classes + 1, 0);
  for (std::size_t i = 0; i < classes; ++i) {
    unmet_cost[i] = static_cast<double>(columns.classes.unmet_cost[i].micros());
    averages |=
        columns.classes.max_delay[i] != kNoLimit || columns.classes.max_error[i] != kNoLimit;
  }
  copy_pairs(instance, *this);
  class_pools.resize(classes);
  std::vector<std::size_t> seen(pools.size(), 0);  // last class that counted the pool, plus one
  for (std::size_t i = 0; i < classes; ++i) {
    for (const ClassEntry& at : candidates_of(i)) {
      std::size_t& last = seen[pool[at.option]];
      if (last != i + 1) ++class_pools[i];
      last = i + 1;
    }
  }
}

}  // namespace berth::greedy
