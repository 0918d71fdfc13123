#include "berth/solve/adaptive/promising.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace berth::adaptive {
namespace {

constexpr std::size_t kSearchAll = 24;  // classes
constexpr std::size_t kSearchNarrow = 250;
constexpr std::size_t kKeptPairs = 3;  // of each class and criterion, at any price

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

/// USD/h by pair: GPUs in fractions, its own cost, and what it takes from the averages of its class
/// (less what it gives them).
std::vector<double> net_costs(const Instance& instance, const std::vector<double>& unit,
                              const bound::Prices& prices) {
  const InstanceColumns& columns = instance.columns();
  const auto& pairs = columns.pairs;
  std::vector<double> result(instance.pair_count());
  for (std::size_t p = 0; p < result.size(); ++p) {
    const std::size_t i = pairs.query_class[p].index();
    result[p] = pairs.load[p] * unit[pairs.option[p].index()] + pairs.cost[p].usd();
    if (prices.delay[i] > 0.0) {
      result[p] += (pairs.delay[p] - columns.classes.max_delay[i]) * prices.delay[i];
    }
    if (prices.error[i] > 0.0) {
      result[p] += (pairs.error[p] - columns.classes.max_error[i]) * prices.error[i];
    }
  }
  return result;
}

/// By pair: whether it stays whatever the prices say: the cheapest of each class, and those that
/// keep its averages low. Without them a class might have no place left.
std::vector<std::uint8_t> needed_pairs(const Instance& instance, const std::vector<double>& cost,
                                       const std::vector<bound::OptionProfit>& profits) {
  const InstanceColumns& columns = instance.columns();
  std::vector<std::uint8_t> needed(instance.pair_count(), 0);
  std::vector<std::size_t> order;
  const auto keep_least = [&](const std::vector<double>& key) {
    const std::size_t count = std::min(kKeptPairs, order.size());
    std::partial_sort(
        order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
        [&](std::size_t a, std::size_t b) { return std::pair(key[a], a) < std::pair(key[b], b); });
    for (std::size_t k = 0; k < count; ++k) needed[order[k]] = 1;
  };
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    order.clear();
    for (std::size_t p = instance.first_pair(ClassId(i)); p < instance.end_pair(ClassId(i)); ++p) {
      if (profits[columns.pairs.option[p].index()].replicas > 0) order.push_back(p);
    }
    keep_least(cost);
    if (columns.classes.max_delay[i] != kNoLimit) keep_least(columns.pairs.delay);
    if (columns.classes.max_error[i] != kNoLimit) keep_least(columns.pairs.error);
  }
  return needed;
}

}  // namespace

std::optional<PromisingOptions> promising_options(std::size_t classes) {
  if (classes <= kSearchAll) return std::nullopt;
  if (classes <= kSearchNarrow) return PromisingOptions{1.0, 4.0};
  return PromisingOptions{0.1, 2.0};
}

ReducedInstance promising(const Instance& instance, const bound::Lagrangian& relaxation,
                          const bound::Prices& prices, const PromisingOptions& options) {
  const InstanceColumns& from = instance.columns();
  const std::vector<bound::OptionProfit> profits = relaxation.profits(prices);
  const std::vector<double> unit = unit_prices(instance, prices);
  const std::vector<double> cost = net_costs(instance, unit, prices);
  const std::vector<std::uint8_t> needed = needed_pairs(instance, cost, profits);
  std::vector<std::uint8_t> keep(instance.option_count(), 0);
  for (std::size_t d = 0; d < keep.size(); ++d) {
    keep[d] = profits[d].replicas > 0 && profits[d].profit >= -options.most_loss * unit[d] ? 1 : 0;
  }
  for (std::size_t p = 0; p < needed.size(); ++p) {
    if (needed[p] != 0) keep[from.pairs.option[p].index()] = 1;
  }
  std::vector<std::uint8_t> keep_pair = needed;
  for (std::size_t p = 0; p < keep_pair.size(); ++p) {
    const double price = prices.demand[from.pairs.query_class[p].index()];
    if (cost[p] <= options.most_cost * price) keep_pair[p] = 1;
  }
  return reduced_to(instance, keep, keep_pair);
}

}  // namespace berth::adaptive
