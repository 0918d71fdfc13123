// How many replicas and boxes a best plan may need at most.

#include <algorithm>
#include <cmath>
#include <vector>

#include "berth/solve/milp/formulation.h"
#include "berth/solve/uncertainty.h"

namespace berth::milp {
namespace {

/// Where nothing bounds the count of replicas but the load itself, and tight bounds are off.
constexpr double kLooseReplicas = 1e5;

/// Whole units that `money` buys at `price` each.
double affordable(double money, double price) {
  return price > 0.0 ? std::floor(money / price * (1.0 + 1e-12) + 1e-9) : kInfinity;
}

double count_limit(std::int32_t most) {
  return most == kUnlimited ? kInfinity : static_cast<double>(most);
}

/// All the GPUs a pool can rent, and the least they cost each.
struct PoolMarket {
  double gpus = 0.0;
  double price = kInfinity;  ///< USD/h per GPU of the cheapest offer
};

PoolMarket market_of(const Instance& instance, PoolId pool) {
  const auto& offers = instance.columns().offers;
  PoolMarket market;
  for (const OfferId o : instance.offers_of(pool)) {
    const double lot = offers.lot[o.index()];
    const double most = count_limit(offers.max[o.index()]);
    if (most <= 0.0) continue;
    market.gpus += lot * most;
    market.price = std::min(market.price, offers.cost[o.index()].usd() / lot);
  }
  return market;
}

double total_load(const Instance& instance, OptionId d) {
  const InstanceColumns& columns = instance.columns();
  double load = 0.0;
  std::vector<double> rises;
  for (const std::uint32_t p : instance.pairs_of(d)) {
    load += columns.pairs.load[p];
    if (!columns.uncertainty.matters()) continue;
    rises.push_back(columns.pairs.load[p] *
                    columns.uncertainty.load[columns.pairs.query_class[p].index()]);
  }
  return std::ceil(load + worst_rise(rises, columns.uncertainty.budget));
}

}  // namespace

Bounds count_bounds(const Instance& instance, const FormulationOptions& options) {
  const auto& columns = instance.columns();
  double money = kInfinity;  // no better plan rents for more
  if (columns.budget != kNoBudget) money = columns.budget.usd();
  if (options.known_cost) money = std::min(money, *options.known_cost);

  Bounds bounds;
  bounds.replicas.resize(instance.option_count());
  bounds.boxes.resize(instance.offer_count());
  for (std::size_t r = 0; r < instance.pool_count(); ++r) {
    const PoolMarket market = market_of(instance, PoolId(r));
    double gpus = 0.0;
    for (const OptionId d : instance.options_of(PoolId(r))) {
      const double load = total_load(instance, d);
      const double most =
          columns.options.max_replicas[d.index()];  // kUnlimited: more cannot be said
      const double units = columns.options.units[d.index()];
      double& bound = bounds.replicas[d.index()];
      if (options.tight_bounds) {
        bound = std::min({load, most, std::floor(market.gpus / units)});
        if (market.gpus > 0.0) bound = std::min(bound, affordable(money, market.price * units));
      } else {
        // A limit of the replicas that says no more than the quota of the pool is left to the
        // quota.
        const bool quota = most >= std::floor(market.gpus / units);
        bound = std::max(load, kLooseReplicas);
        if (!quota) bound = std::min(bound, most);
      }
      // What runs may stay, needed or not.
      if (!columns.switching.empty()) {
        bound = std::max<double>(bound, columns.switching.replicas[d.index()]);
        bound = std::min(bound, most);
      }
      gpus += bound * units;
    }
    for (const OfferId o : instance.offers_of(PoolId(r))) {
      double& bound = bounds.boxes[o.index()];
      bound = count_limit(columns.offers.max[o.index()]);
      if (!options.tight_bounds) continue;
      bound = std::min({bound, std::ceil(gpus / columns.offers.lot[o.index()]),
                        affordable(money, columns.offers.cost[o.index()].usd())});
    }
  }
  return bounds;
}

}  // namespace berth::milp
