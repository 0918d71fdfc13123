#include "berth/solve/bound/structure.h"

#include <algorithm>
#include <cmath>

#include "berth/core/tolerance.h"

namespace berth::bound {
namespace {

/// Adds a dimension whose row has `supply` on its right-hand side.
std::int32_t add_dimension(Space& space, double supply) {
  space.supply.push_back(supply);
  return static_cast<std::int32_t>(space.supply.size()) - 1;
}

double at(const std::vector<double>& vector, std::int32_t dimension) {
  return dimension == kNone ? 0.0 : vector[static_cast<std::size_t>(dimension)];
}

}  // namespace

Structure::Structure(const Instance& instance, Treatment treatment) : instance_(&instance) {
  for (std::size_t r = 0; r < instance.pool_count(); ++r) {
    pools_.emplace_back(instance, PoolId(r), treatment);
  }
  number_prices();
  number_groups();
  number_blocks();
  bound_replicas();
}

void Structure::number_prices() {
  const auto& columns = instance_->columns();
  space_.classes = instance_->class_count();
  space_.supply.assign(space_.classes, 1.0);
  if (columns.budget != kNoBudget) {
    space_.budget = add_dimension(space_, -columns.budget.usd());
  }
  const auto number = [&](const std::vector<double>& limits) {
    std::vector<std::int32_t> numbers;
    for (const double limit : limits) {
      numbers.push_back(limit == kNoLimit ? kNone : add_dimension(space_, 0.0));
    }
    return numbers;
  };
  space_.delay = number(columns.classes.max_delay);
  space_.error = number(columns.classes.max_error);
  for (const PoolCosts& pool : pools_) {
    const bool priced = pool.kind() == PoolKind::kPriced;
    space_.pool.push_back(priced ? add_dimension(space_, 0.0) : kNone);
  }
}

/// A group is decided inside a block if all its options are in one whole pool, or none is in any.
void Structure::number_groups() {
  const auto& options = instance_->columns().options;
  constexpr std::int32_t kUnseen = -2;
  std::vector<std::int32_t> home(instance_->group_count(), kUnseen);  // whole pool, or kNone
  space_.group.assign(instance_->group_count(), kNone);
  for (std::size_t d = 0; d < instance_->option_count(); ++d) {
    if (options.group[d] == kNoGroup) continue;
    const auto g = static_cast<std::size_t>(options.group[d]);
    const std::size_t r = options.pool[d].index();
    const std::int32_t here =
        pools_[r].kind() == PoolKind::kWhole ? static_cast<std::int32_t>(r) : kNone;
    if (home[g] == kUnseen) home[g] = here;
    if (home[g] != here && space_.group[g] == kNone) {
      space_.group[g] = add_dimension(space_, -1.0);
    }
  }
}

void Structure::number_blocks() {
  const auto& options = instance_->columns().options;
  std::vector<std::int32_t> of_pool(pools_.size(), kNone);
  std::vector<std::int32_t> of_group(instance_->group_count(), kNone);
  const auto add = [&](std::int32_t pool) {
    blocks_.pool.push_back(pool);
    return static_cast<std::int32_t>(blocks_.pool.size()) - 1;
  };
  for (std::size_t d = 0; d < instance_->option_count(); ++d) {
    const std::size_t r = options.pool[d].index();
    const std::int32_t g = options.group[d];
    std::int32_t* shared = nullptr;
    if (pools_[r].kind() == PoolKind::kWhole) {
      shared = &of_pool[r];
    } else if (g != kNoGroup && space_.group[static_cast<std::size_t>(g)] == kNone) {
      shared = &of_group[static_cast<std::size_t>(g)];
    }
    const std::int32_t whole = shared == &of_pool[r] ? static_cast<std::int32_t>(r) : kNone;
    std::int32_t block = shared == nullptr ? kNone : *shared;
    if (block == kNone) block = add(whole);
    if (shared != nullptr) *shared = block;
    blocks_.of_option.push_back(static_cast<std::uint32_t>(block));
  }
}

void Structure::bound_replicas() {
  const auto& columns = instance_->columns();
  for (std::size_t d = 0; d < instance_->option_count(); ++d) {
    const PoolCosts& pool = pools_[columns.options.pool[d].index()];
    const double units = columns.options.units[d];
    double most = std::min(static_cast<double>(columns.options.max_replicas[d]),
                           std::floor(pool.obtainable() / units));
    const double rent = pool.cheapest_per_gpu() * units;
    if (columns.budget != kNoBudget && rent > 0.0) {
      most = std::min(most, std::floor(columns.budget.usd() / rent * (1.0 + 1e-12) + 1e-9));
    }
    most_replicas_.push_back(most);
  }
}

bool Structure::has_whole_pools() const {
  return std::any_of(pools_.begin(), pools_.end(),
                     [](const PoolCosts& pool) { return pool.kind() == PoolKind::kWhole; });
}

std::vector<double> Structure::to_vector(const Prices& prices) const {
  std::vector<double> vector(space_.size(), 0.0);
  const auto put = [&](std::int32_t dimension, double price) {
    if (dimension != kNone) vector[static_cast<std::size_t>(dimension)] = price;
  };
  for (std::size_t i = 0; i < space_.classes; ++i) {
    vector[i] = prices.demand[i];
    put(space_.delay[i], prices.delay[i]);
    put(space_.error[i], prices.error[i]);
  }
  put(space_.budget, prices.budget);
  for (std::size_t r = 0; r < pools_.size(); ++r) put(space_.pool[r], prices.pool[r]);
  for (std::size_t g = 0; g < space_.group.size(); ++g) put(space_.group[g], prices.group[g]);
  return vector;
}

Prices Structure::to_prices(const std::vector<double>& vector) const {
  Prices prices;
  prices.budget = at(vector, space_.budget);
  for (std::size_t i = 0; i < space_.classes; ++i) {
    prices.demand.push_back(vector[i]);
    prices.delay.push_back(at(vector, space_.delay[i]));
    prices.error.push_back(at(vector, space_.error[i]));
  }
  for (std::size_t r = 0; r < pools_.size(); ++r) {
    const bool priced = space_.pool[r] != kNone;
    prices.pool.push_back(priced ? at(vector, space_.pool[r])
                                 : (1.0 + prices.budget) * pools_[r].per_gpu());
  }
  for (const std::int32_t dimension : space_.group) prices.group.push_back(at(vector, dimension));
  return prices;
}

void Structure::clip(std::vector<double>& vector) const {
  for (double& price : vector) price = std::max(0.0, price);
  const double factor = 1.0 + at(vector, space_.budget);
  for (std::size_t r = 0; r < pools_.size(); ++r) {
    if (space_.pool[r] == kNone) continue;
    double& price = vector[static_cast<std::size_t>(space_.pool[r])];
    price = std::min(price, factor * pools_[r].endless_per_gpu());
  }
}

double Structure::gpu_price(const Prices& prices, std::size_t r) const {
  if (pools_[r].kind() == PoolKind::kPriced) return prices.pool[r];
  return (1.0 + prices.budget) * pools_[r].per_gpu();
}

double Structure::opening(const Prices& prices, std::size_t option) const {
  const auto& options = instance_->columns().options;
  const std::int32_t g = options.group[option];
  double cost = options.fixed_cost[option].usd();
  if (g != kNoGroup && space_.group[static_cast<std::size_t>(g)] != kNone) {
    cost += prices.group[static_cast<std::size_t>(g)];
  }
  return cost;
}

Tally Structure::outside_blocks(const Prices& prices) const {
  const auto& columns = instance_->columns();
  Tally tally;
  for (std::size_t i = 0; i < space_.classes; ++i) {
    tally.add(prices.demand[i]);
    const double unmet = prices.demand[i] - columns.classes.unmet_cost[i].usd();
    tally.add(-columns.classes.max_unmet[i] * std::max(0.0, unmet));
  }
  if (space_.budget != kNone) tally.add(-prices.budget * columns.budget.usd());
  for (std::size_t o = 0; o < instance_->offer_count(); ++o) {
    const std::size_t r = columns.offers.pool[o].index();
    // Endless offers of a priced pool earn nothing: clip() sees to that.
    if (space_.pool[r] == kNone || columns.offers.max[o] == kUnlimited) continue;
    const double earned = columns.offers.lot[o] * prices.pool[r] -
                          (1.0 + prices.budget) * columns.offers.cost[o].usd();
    tally.add(-std::max(0.0, earned) * columns.offers.max[o]);
  }
  for (std::size_t g = 0; g < space_.group.size(); ++g) {
    if (space_.group[g] != kNone) tally.add(-prices.group[g]);
  }
  return tally;
}

double Structure::tolerance_worth(const Prices& prices) const {
  // Shares may each exceed 1, unmet shares their limit, and their sum miss 1, by kShare. Scaling
  // the shares back below 1 leaves at most 4 kShare of a class unserved.
  const auto& classes = instance_->columns().classes;
  double worth = 0.0;
  for (std::size_t i = 0; i < space_.classes; ++i) {
    worth += 4.0 * tolerance::kShare * prices.demand[i];
    if (space_.delay[i] != kNone) {
      worth += 1.05 * tolerance::kAverage * std::max(1.0, classes.max_delay[i]) * prices.delay[i];
    }
    if (space_.error[i] != kNone) {
      worth += 1.05 * tolerance::kAverage * std::max(1.0, classes.max_error[i]) * prices.error[i];
    }
  }
  return worth;
}

}  // namespace berth::bound
