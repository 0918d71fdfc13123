#include "berth/solve/adaptive/starts.h"

#include <algorithm>
#include <array>
#include <limits>
#include <numeric>

namespace berth::adaptive {
namespace {

using Order = std::vector<ClassId>;
using Keys = std::vector<double>;

Order ascending(const Keys& keys) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return keys[a] < keys[b]; });
  Order result;
  for (const std::uint32_t i : order) result.emplace_back(i);
  return result;
}

Order descending(Keys keys) {
  for (double& key : keys) key = -key;
  return ascending(keys);
}

/// By class: the least GPUs a replica that serves it has, the footprint of its smallest model.
Keys footprint(const Instance& instance) {
  Keys keys(instance.class_count(), std::numeric_limits<double>::infinity());
  const InstanceColumns& columns = instance.columns();
  for (std::size_t p = 0; p < instance.pair_count(); ++p) {
    double& key = keys[columns.pairs.query_class[p].index()];
    key = std::min<double>(key, columns.options.units[columns.pairs.option[p].index()]);
  }
  return keys;
}

/// By class: USD/h alone, whole replicas, where that is cheapest.
Keys alone(const Instance& instance) {
  Keys keys(instance.class_count(), std::numeric_limits<double>::infinity());
  const InstanceColumns& columns = instance.columns();
  for (std::size_t p = 0; p < instance.pair_count(); ++p) {
    const std::size_t d = columns.pairs.option[p].index();
    const auto offers = instance.offers_of(columns.options.pool[d]);
    if (offers.empty()) continue;
    const std::size_t o = offers.front().index();
    const double gpu = columns.offers.cost[o].usd() / columns.offers.lot[o];
    const double replicas = std::max(1.0, std::ceil(columns.pairs.load[p]));
    double& key = keys[columns.pairs.query_class[p].index()];
    key = std::min(key, replicas * gpu * columns.options.units[d] + columns.pairs.cost[p].usd());
  }
  return keys;
}

Keys prices(std::span<const double> worth) { return {worth.begin(), worth.end()}; }

Order shuffled(const Instance& instance, std::span<const double>, Random& random) {
  Keys keys(instance.class_count());
  for (double& key : keys) key = random.uniform();
  return ascending(keys);
}

constexpr std::array kStarts = {
    Start{"demand, falling",
          [](const Instance&, std::span<const double>, Random&) { return Order{}; }},
    Start{"price, rising", [](const Instance&, std::span<const double> worth,
                              Random&) { return ascending(prices(worth)); }},
    Start{"price, falling", [](const Instance&, std::span<const double> worth,
                               Random&) { return descending(prices(worth)); }},
    Start{"as given", [](const Instance& instance, std::span<const double>,
                         Random&) { return ascending(Keys(instance.class_count(), 0.0)); }},
    Start{"stand-alone cost, rising", [](const Instance& instance, std::span<const double>,
                                         Random&) { return ascending(alone(instance)); }},
    Start{"stand-alone cost, falling", [](const Instance& instance, std::span<const double>,
                                          Random&) { return descending(alone(instance)); }},
    Start{"error limit, rising",
          [](const Instance& instance, std::span<const double>, Random&) {
            return ascending(instance.columns().classes.max_error);
          }},
    Start{"error limit, falling",
          [](const Instance& instance, std::span<const double>, Random&) {
            return descending(instance.columns().classes.max_error);
          }},
    Start{"delay limit, rising",
          [](const Instance& instance, std::span<const double>, Random&) {
            return ascending(instance.columns().classes.max_delay);
          }},
    Start{"delay limit, falling",
          [](const Instance& instance, std::span<const double>, Random&) {
            return descending(instance.columns().classes.max_delay);
          }},
    Start{"footprint, rising", [](const Instance& instance, std::span<const double>,
                                  Random&) { return ascending(footprint(instance)); }},
    Start{"footprint, falling", [](const Instance& instance, std::span<const double>,
                                   Random&) { return descending(footprint(instance)); }},
    Start{"shuffle 1", shuffled},
    Start{"shuffle 2", shuffled},
    Start{"shuffle 3", shuffled},
    Start{"shuffle 4", shuffled},
};

}  // namespace

std::span<const Start> starts() { return kStarts; }

}  // namespace berth::adaptive
