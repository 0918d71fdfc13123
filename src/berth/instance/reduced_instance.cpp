#include "berth/instance/reduced_instance.h"

#include <cassert>
#include <utility>

#include "berth/instance/columns.h"

namespace berth {

ReducedInstance reduced_to(const Instance& instance, std::span<const std::uint8_t> keep_option,
                           std::span<const std::uint8_t> keep_pair) {
  const InstanceColumns& all = instance.columns();
  assert(keep_option.size() == instance.option_count());
  assert(keep_pair.empty() || keep_pair.size() == instance.pair_count());
  InstanceColumns columns{all.classes, all.pools,  all.offers,    all.options,
                          {},          all.budget, all.switching, all.uncertainty};
  for (std::size_t p = 0; p < instance.pair_count(); ++p) {
    if (keep_option[all.pairs.option[p].index()] == 0) continue;
    if (!keep_pair.empty() && keep_pair[p] == 0) continue;
    columns.pairs.option.push_back(all.pairs.option[p]);
    columns.pairs.query_class.push_back(all.pairs.query_class[p]);
    columns.pairs.load.push_back(all.pairs.load[p]);
    columns.pairs.delay.push_back(all.pairs.delay[p]);
    columns.pairs.error.push_back(all.pairs.error[p]);
    columns.pairs.cost.push_back(all.pairs.cost[p]);
  }
  std::vector<std::int32_t> new_index = keep_options(columns, keep_option);
  Result<Instance> smaller = Instance::make(std::move(columns));
  assert(smaller.ok());  // columns that are right stay right with fewer rows
  return {std::move(*smaller), std::move(new_index)};
}

}  // namespace berth
