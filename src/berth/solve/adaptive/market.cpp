#include "berth/solve/adaptive/market.h"

#include <algorithm>

namespace berth::adaptive {
namespace {

constexpr std::int64_t kPlentyOfGpus = std::int64_t{1} << 30;

void copy_classes(const Instance& instance, Market& market) {
  const auto& classes = instance.columns().classes;
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    market.unmet_cost.push_back(classes.unmet_cost[i].usd());
    market.max_unmet.push_back(classes.max_unmet[i]);
    market.routing_costs |= classes.max_unmet[i] > 0.0;
    const auto row = [&](double limit) {
      return limit == kNoLimit ? -1 : static_cast<std::int32_t>(market.average_rows++);
    };
    market.delay_row.push_back(row(classes.max_delay[i]));
    market.error_row.push_back(row(classes.max_error[i]));
  }
}

void copy_pools(const Instance& instance, Market& market) {
  const auto& offers = instance.columns().offers;
  std::vector<PoolRental> pools;
  pools.reserve(instance.pool_count());
  for (std::size_t r = 0; r < instance.pool_count(); ++r) {
    pools.emplace_back(instance, PoolId(r));
    const auto of_pool = instance.offers_of(PoolId(r));
    market.boxes |= of_pool.size() > 1 || !instance.columns().switching.empty() ||
                    (!of_pool.empty() && offers.lot[of_pool.front().index()] > 1);
    market.limits |= pools.back().obtainable() < kPlentyOfGpus;
  }
  market.pools = std::make_shared<const std::vector<PoolRental>>(std::move(pools));
  market.base_gpus.assign(instance.pool_count(), 0);
}

void copy_options(const Instance& instance, Market& market) {
  const auto& options = instance.columns().options;
  const std::size_t count = instance.option_count();
  market.units = options.units;
  market.switching = SwitchingCosts(instance);
  market.group = options.group;
  market.group_taken.assign(instance.group_count(), 0);
  market.base_replicas.assign(count, 0);
  market.base_capacity.assign(count, 0.0);
  for (std::size_t d = 0; d < count; ++d) {
    const std::size_t r = options.pool[d].index();
    const PoolRental& pool = (*market.pools)[r];
    market.pool.push_back(static_cast<std::uint32_t>(r));
    market.fixed.push_back(options.fixed_cost[d].micros());
    market.max_replicas.push_back(static_cast<std::int32_t>(
        std::min<std::int64_t>(options.max_replicas[d], pool.obtainable() / options.units[d])));
    market.unit_price.push_back(
        market.max_replicas[d] > 0 ? 1e-6 * options.units[d] * pool.cheapest_per_gpu() : 0.0);
    market.limits |= options.max_replicas[d] != kUnlimited || options.group[d] != kNoGroup;
  }
}

}  // namespace

Market::Market(const Instance& instance) {
  const InstanceColumns& columns = instance.columns();
  budget = columns.budget.micros();
  limits = columns.budget != kNoBudget;
  copy_classes(instance, *this);
  copy_pools(instance, *this);
  copy_options(instance, *this);
  first.assign(1, 0);
  first.reserve(instance.option_count() + 1);
  entries.reserve(instance.pair_count());
  for (std::size_t d = 0; d < option_count(); ++d) {
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      if (max_replicas[d] < 1) break;
      const std::size_t i = columns.pairs.query_class[p].index();
      Entry entry;
      entry.query_class = static_cast<std::uint32_t>(i);
      entry.option = static_cast<std::uint32_t>(d);
      entry.load = columns.pairs.load[p];
      entry.cost = columns.pairs.cost[p].usd();
      if (delay_row[i] >= 0) {
        entry.delay_excess = columns.pairs.delay[p] - columns.classes.max_delay[i];
      }
      if (error_row[i] >= 0) {
        entry.error_excess = columns.pairs.error[p] - columns.classes.max_error[i];
      }
      routing_costs |= entry.cost > 0.0;
      entries.push_back(entry);
    }
    first.push_back(static_cast<std::uint32_t>(entries.size()));
  }
  index_classes();
}

void Market::index_classes() {
  class_first.assign(class_count() + 1, 0);
  for (const Entry& entry : entries) ++class_first[entry.query_class + 1];
  for (std::size_t i = 0; i < class_count(); ++i) class_first[i + 1] += class_first[i];
  class_entries.resize(entries.size());
  std::vector<std::uint32_t> next(class_first.begin(), class_first.end() - 1);
  for (std::uint32_t e = 0; e < entries.size(); ++e) {
    class_entries[next[entries[e].query_class]++] = e;
  }
}

}  // namespace berth::adaptive
