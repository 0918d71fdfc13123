#include "berth/solve/baseline/restriction.h"

#include <cassert>
#include <utility>

namespace berth::baseline {

Restriction restrict_to(const Instance& instance, std::span<const OptionId> kept) {
  const InstanceColumns& all = instance.columns();
  InstanceColumns columns;
  columns.classes = all.classes;
  columns.pools = all.pools;
  columns.offers = all.offers;
  columns.budget = all.budget;
  columns.options.group_name = all.options.group_name;
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const std::size_t d = kept[k].index();
    columns.options.name.push_back(all.options.name[d]);
    columns.options.pool.push_back(all.options.pool[d]);
    columns.options.units.push_back(all.options.units[d]);
    columns.options.fixed_cost.push_back(all.options.fixed_cost[d]);
    columns.options.max_replicas.push_back(all.options.max_replicas[d]);
    columns.options.group.push_back(all.options.group[d]);
    for (const std::uint32_t p : instance.pairs_of(kept[k])) {
      columns.pairs.option.emplace_back(k);
      columns.pairs.query_class.push_back(all.pairs.query_class[p]);
      columns.pairs.load.push_back(all.pairs.load[p]);
      columns.pairs.delay.push_back(all.pairs.delay[p]);
      columns.pairs.error.push_back(all.pairs.error[p]);
      columns.pairs.cost.push_back(all.pairs.cost[p]);
    }
  }
  Result<Instance> smaller = Instance::make(std::move(columns));
  assert(smaller.ok());  // columns that are right stay right with fewer options
  return {std::move(*smaller), {kept.begin(), kept.end()}};
}

Solution widened(const Restriction& restriction, Solution solution, std::size_t options) {
  std::vector<std::int32_t> replicas(options, 0);
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    replicas[restriction.option[d].index()] = solution.replicas[d];
  }
  solution.replicas = std::move(replicas);
  for (Route& route : solution.routes) route.option = restriction.option[route.option.index()];
  return solution;
}

}  // namespace berth::baseline
