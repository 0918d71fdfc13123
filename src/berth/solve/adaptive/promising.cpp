#include "berth/solve/adaptive/promising.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace berth::adaptive {
namespace {

constexpr std::size_t kSearchAll = 24;  // classes
constexpr std::size_t kSearchNarrow = 250;

/// USD/h a replica, by option: what its GPUs cost at the prices of the bound.
std::vector<double> unit_prices(const Instance& instance, const bound::Prices& prices) {
  const InstanceColumns& columns = instance.columns();
  std::vector<double> gpu(instance.pool_count(), 0.0);
  for (std::size_t r = 0; r < gpu.size(); ++r) {
    const auto offers = instance.offers_of(PoolId(r));
    if (!offers.empty()) {
      const std::size_t o = offers.front().index();
      gpu[r] = columns.offers.cost[o].usd() / columns.offers.lot[o];
    }
    gpu[r] = std::max(gpu[r], prices.pool[r]);
  }
  std::vector<double> result(instance.option_count());
  for (std::size_t d = 0; d < result.size(); ++d) {
    result[d] = columns.options.units[d] * gpu[columns.options.pool[d].index()];
  }
  return result;
}

void copy_option(const InstanceColumns& from, std::size_t d, InstanceColumns& to) {
  to.options.name.push_back(from.options.name[d]);
  to.options.pool.push_back(from.options.pool[d]);
  to.options.units.push_back(from.options.units[d]);
  to.options.fixed_cost.push_back(from.options.fixed_cost[d]);
  to.options.max_replicas.push_back(from.options.max_replicas[d]);
  to.options.group.push_back(from.options.group[d]);
}

void copy_pair(const InstanceColumns& from, std::size_t p, OptionId option, InstanceColumns& to) {
  to.pairs.option.push_back(option);
  to.pairs.query_class.push_back(from.pairs.query_class[p]);
  to.pairs.load.push_back(from.pairs.load[p]);
  to.pairs.delay.push_back(from.pairs.delay[p]);
  to.pairs.error.push_back(from.pairs.error[p]);
  to.pairs.cost.push_back(from.pairs.cost[p]);
}

}  // namespace

std::optional<PromisingOptions> promising_options(std::size_t classes) {
  if (classes <= kSearchAll) return std::nullopt;
  if (classes <= kSearchNarrow) return PromisingOptions{1.0, 4.0};
  return PromisingOptions{0.1, 2.0};
}

bound::ReducedInstance promising(const Instance& instance, const bound::Lagrangian& relaxation,
                                 const bound::Prices& prices, const PromisingOptions& options) {
  const InstanceColumns& from = instance.columns();
  const std::vector<bound::OptionProfit> profits = relaxation.profits(prices);
  const std::vector<double> unit = unit_prices(instance, prices);
  InstanceColumns to;
  to.classes = from.classes;
  to.pools = from.pools;
  to.offers = from.offers;
  to.budget = from.budget;
  to.options.group_name = from.options.group_name;
  std::vector<std::int32_t> new_index(instance.option_count(), -1);
  for (std::size_t d = 0; d < new_index.size(); ++d) {
    if (profits[d].replicas == 0 || profits[d].profit < -options.most_loss * unit[d]) continue;
    new_index[d] = static_cast<std::int32_t>(to.options.name.size());
    copy_option(from, d, to);
  }
  for (std::size_t p = 0; p < instance.pair_count(); ++p) {
    const std::size_t d = from.pairs.option[p].index();
    if (new_index[d] < 0) continue;
    const double price = prices.demand[from.pairs.query_class[p].index()];
    const double cost = from.pairs.load[p] * unit[d] + from.pairs.cost[p].usd();
    if (cost > options.most_cost * price) continue;
    copy_pair(from, p, OptionId(static_cast<std::uint32_t>(new_index[d])), to);
  }
  Result<Instance> smaller = Instance::make(std::move(to));
  assert(smaller.ok());  // columns that are right stay right with fewer rows
  return {std::move(*smaller), std::move(new_index)};
}

}  // namespace berth::adaptive
