#include "berth/solve/bound/pool_costs.h"

#include <algorithm>
#include <cassert>
#include <limits>

#include "berth/core/infinity.h"

namespace berth::bound {
namespace {

constexpr std::int64_t kMostGpus = static_cast<std::int64_t>(PoolCosts::kMostStates);

struct Offers {
  std::vector<OfferId> endless;
  std::vector<OfferId> capped;
  std::int64_t capped_gpus = 0;
  OfferId cheapest;  // endless, per GPU
};

Offers split(const Instance& instance, PoolId pool) {
  const auto& table = instance.columns().offers;
  Offers offers;
  for (const OfferId o : instance.offers_of(pool)) {  // ascending cost per GPU
    const std::int32_t most = table.max[o.index()];
    if (most <= 0) continue;
    if (most == kUnlimited) {
      if (offers.endless.empty()) offers.cheapest = o;
      offers.endless.push_back(o);
    } else if (offers.endless.empty() ||
               table.lot[o.index()] % table.lot[offers.cheapest.index()] != 0) {
      // (Whole boxes of a cheaper endless offer would do otherwise.)
      offers.capped.push_back(o);
      offers.capped_gpus += std::int64_t{most} * table.lot[o.index()];
    }
  }
  return offers;
}

/// Least cost of at least g GPUs, g = 0 .. count - 1, from endless offers.
std::vector<std::int64_t> endless_costs(const InstanceColumns::Offers& table,
                                        const std::vector<OfferId>& endless, std::size_t count) {
  std::vector<std::int64_t> cost(count, 0);
  for (std::size_t g = 1; g < count; ++g) {
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    for (const OfferId o : endless) {
      const auto lot = static_cast<std::size_t>(table.lot[o.index()]);
      least = std::min(least, cost[g > lot ? g - lot : 0] + table.cost[o.index()].micros());
    }
    cost[g] = least;
  }
  return cost;
}

/// The first g from which on a further box of the cheapest endless offer is always what `lot` GPUs
/// more add: if that holds for as many g in a row as the largest box has GPUs, the recurrence of
/// endless_costs carries it on for ever. `cost` needs 2 lots beyond; kMostStates if not found.
std::size_t first_periodic(const std::vector<std::int64_t>& cost, std::size_t lot,
                           std::int64_t box_cost, std::size_t largest_lot) {
  std::size_t run = 0;
  for (std::size_t g = 0; g + lot < cost.size(); ++g) {
    run = cost[g + lot] == cost[g] + box_cost ? run + 1 : 0;
    // g = 0 stands for "nothing needed", which the recurrence does not reach from below.
    if (run > largest_lot) return g + 1 - run;
  }
  return PoolCosts::kMostStates;
}

/// Adds the capped offers: any number of each up to its cap.
void add_capped(const InstanceColumns::Offers& table, const std::vector<OfferId>& capped,
                std::vector<double>& cost) {
  for (const OfferId o : capped) {
    const auto lot = static_cast<std::size_t>(table.lot[o.index()]);
    const double price = table.cost[o.index()].usd();
    const std::size_t needed = (cost.size() - 1 + lot - 1) / lot;
    const std::size_t most =
        std::min(needed, static_cast<std::size_t>(std::max(0, table.max[o.index()])));
    const std::vector<double> before = cost;
    for (std::size_t g = 1; g < cost.size(); ++g) {
      for (std::size_t n = 1; n <= most; ++n) {
        const std::size_t covered = n * lot;
        cost[g] = std::min(cost[g],
                           before[g > covered ? g - covered : 0] + static_cast<double>(n) * price);
        if (covered >= g) break;
      }
    }
  }
}

}  // namespace

PoolCosts::PoolCosts(const Instance& instance, PoolId pool, Treatment treatment) {
  const auto& table = instance.columns().offers;
  const Offers offers = split(instance, pool);
  endless_per_gpu_ = cheapest_per_gpu_ = kInfinity;
  obtainable_ = offers.endless.empty() ? static_cast<double>(offers.capped_gpus) : kInfinity;
  for (const auto* some : {&offers.capped, &offers.endless}) {
    for (const OfferId o : *some) {
      cheapest_per_gpu_ =
          std::min(cheapest_per_gpu_, table.cost[o.index()].usd() / table.lot[o.index()]);
    }
  }
  if (!offers.endless.empty()) {
    const std::size_t best = offers.cheapest.index();
    per_gpu_ = endless_per_gpu_ = table.cost[best].usd() / table.lot[best];
    if (table.lot[best] == 1 && offers.capped.empty()) {
      kind_ = PoolKind::kLinear;
      return;
    }
  } else {
    for (const OfferId o : offers.capped) {
      per_gpu_ = std::max(per_gpu_, table.cost[o.index()].usd() / table.lot[o.index()]);
    }
  }
  if (treatment == Treatment::kPriced || offers.capped_gpus >= kMostGpus) {
    kind_ = PoolKind::kPriced;
    return;
  }
  const auto capped = static_cast<std::size_t>(offers.capped_gpus);
  if (offers.endless.empty()) {
    std::vector<double> cost(capped + 1, kInfinity);
    cost[0] = 0.0;
    add_capped(table, offers.capped, cost);
    build_states(cost, 0);
    return;
  }
  std::size_t largest = 1;
  for (const OfferId o : offers.endless) {
    largest = std::max(largest, static_cast<std::size_t>(table.lot[o.index()]));
  }
  const auto lot = static_cast<std::size_t>(table.lot[offers.cheapest.index()]);
  const std::vector<std::int64_t> endless =
      endless_costs(table, offers.endless, kMostStates + lot + largest + 2);
  const std::size_t periodic =
      first_periodic(endless, lot, table.cost[offers.cheapest.index()].micros(), largest);
  // Beyond the capped GPUs every choice of capped boxes leaves a periodic rest.
  const std::size_t states = capped + periodic + lot;
  if (states > kMostStates) {
    kind_ = PoolKind::kPriced;
    return;
  }
  std::vector<double> cost;
  for (std::size_t g = 0; g < states; ++g) {
    cost.push_back(CostRate::micro_usd_per_hour(endless[g]).usd());
  }
  add_capped(table, offers.capped, cost);
  period_ = lot;
  build_states(cost, capped + periodic);
}

void PoolCosts::build_states(const std::vector<double>& cost, std::size_t first_periodic) {
  kind_ = PoolKind::kWhole;
  cost_ = cost;
  first_periodic_ = first_periodic;
  least_slack_ = most_slack_ = 0.0;
  for (std::size_t s = 0; s < cost_.size(); ++s) {
    least_slack_ = std::min(least_slack_, slack(s));
    most_slack_ = std::max(most_slack_, slack(s));
  }
}

std::size_t PoolCosts::next(std::size_t state, std::int64_t gpus) const {
  assert(kind_ == PoolKind::kWhole && gpus >= 0);
  const auto last = static_cast<std::int64_t>(cost_.size()) - 1;
  const auto from = static_cast<std::int64_t>(state);
  if (gpus <= last - from) return static_cast<std::size_t>(from + gpus);
  if (period_ == 0) return kNoState;
  const auto first = static_cast<std::int64_t>(first_periodic_);
  const auto period = static_cast<std::int64_t>(period_);
  return static_cast<std::size_t>(first + (from - first + gpus) % period);
}

double PoolCosts::cost(std::int64_t gpus) const {
  const std::size_t state = next(0, gpus);
  assert(state != kNoState);
  const std::int64_t beyond = gpus - static_cast<std::int64_t>(state);  // whole periods
  return cost_[state] + per_gpu_ * static_cast<double>(beyond);
}

}  // namespace berth::bound
