#include "tests/support/instance_builder.h"

#include <cstdlib>
#include <iostream>
#include <utility>

namespace berth::testing {

ClassId InstanceBuilder::add_class(const ClassLimits& limits) {
  auto& classes = columns_.classes;
  const ClassId id(classes.name.size());
  classes.name.push_back("class-" + std::to_string(id.index()));
  classes.unmet_cost.push_back(CostRate::usd_per_hour(limits.unmet_cost));
  classes.max_unmet.push_back(limits.max_unmet);
  classes.max_delay.push_back(limits.max_delay);
  classes.max_error.push_back(limits.max_error);
  return id;
}

PoolId InstanceBuilder::add_pool() {
  const PoolId id(columns_.pools.name.size());
  columns_.pools.name.push_back("pool-" + std::to_string(id.index()));
  return id;
}

OfferId InstanceBuilder::add_offer(PoolId pool, double cost, std::int32_t lot, std::int32_t max) {
  auto& offers = columns_.offers;
  const OfferId id(offers.name.size());
  offers.name.push_back("offer-" + std::to_string(id.index()));
  offers.pool.push_back(pool);
  offers.lot.push_back(lot);
  offers.cost.push_back(CostRate::usd_per_hour(cost));
  offers.max.push_back(max);
  return id;
}

OptionId InstanceBuilder::add_option(PoolId pool, std::int32_t units, const OptionLimits& limits) {
  auto& options = columns_.options;
  const OptionId id(options.name.size());
  options.name.push_back("option-" + std::to_string(id.index()));
  options.pool.push_back(pool);
  options.units.push_back(units);
  options.fixed_cost.push_back(CostRate::usd_per_hour(limits.fixed_cost));
  options.max_replicas.push_back(limits.max_replicas);
  options.group.push_back(limits.group);
  while (static_cast<std::int32_t>(options.group_name.size()) <= limits.group) {
    options.group_name.push_back("group-" + std::to_string(options.group_name.size()));
  }
  return id;
}

void InstanceBuilder::add_pair(ClassId query_class, OptionId option, double load,
                               const PairCosts& costs) {
  auto& pairs = columns_.pairs;
  pairs.option.push_back(option);
  pairs.query_class.push_back(query_class);
  pairs.load.push_back(load);
  pairs.delay.push_back(costs.delay);
  pairs.error.push_back(costs.error);
  pairs.cost.push_back(CostRate::usd_per_hour(costs.cost));
}

void InstanceBuilder::set_budget(double usd_per_hour) {
  columns_.budget = CostRate::usd_per_hour(usd_per_hour);
}

Instance InstanceBuilder::build() const { return make_instance(columns_); }

Instance make_instance(InstanceColumns columns) {
  Result<Instance> made = Instance::make(std::move(columns));
  if (made.ok()) return std::move(made).value();
  for (const Error& error : made.errors()) std::cerr << to_string(error) << '\n';
  std::abort();
}

}  // namespace berth::testing
