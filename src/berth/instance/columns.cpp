#include "berth/instance/columns.h"

#include <cassert>
#include <cstddef>
#include <utility>

namespace berth {

std::vector<std::int32_t> keep_options(InstanceColumns& columns,
                                       std::span<const std::uint8_t> keep) {
  assert(keep.size() == columns.options.name.size());
  auto& options = columns.options;
  std::vector<std::int32_t> new_index(options.name.size(), -1);
  std::size_t kept = 0;
  for (std::size_t d = 0; d < new_index.size(); ++d) {
    if (keep[d] == 0) continue;
    if (kept != d) {
      options.name[kept] = std::move(options.name[d]);
      options.pool[kept] = options.pool[d];
      options.units[kept] = options.units[d];
      options.fixed_cost[kept] = options.fixed_cost[d];
      options.max_replicas[kept] = options.max_replicas[d];
      options.group[kept] = options.group[d];
    }
    new_index[d] = static_cast<std::int32_t>(kept++);
  }
  options.name.resize(kept);
  options.pool.resize(kept);
  options.units.resize(kept);
  options.fixed_cost.resize(kept);
  options.max_replicas.resize(kept);
  options.group.resize(kept);

  auto& now = columns.switching;
  if (!now.empty()) {
    for (std::size_t d = 0; d < new_index.size(); ++d) {
      if (new_index[d] < 0) continue;
      const auto to = static_cast<std::size_t>(new_index[d]);
      now.replicas[to] = now.replicas[d];
      now.start_cost[to] = now.start_cost[d];
      now.stop_cost[to] = now.stop_cost[d];
    }
    now.replicas.resize(kept);
    now.start_cost.resize(kept);
    now.stop_cost.resize(kept);
  }

  auto& pairs = columns.pairs;
  std::size_t kept_pairs = 0;
  for (std::size_t p = 0; p < pairs.option.size(); ++p) {
    const std::int32_t option = new_index[pairs.option[p].index()];
    if (option < 0) continue;
    pairs.option[kept_pairs] = OptionId(option);
    pairs.query_class[kept_pairs] = pairs.query_class[p];
    pairs.load[kept_pairs] = pairs.load[p];
    pairs.delay[kept_pairs] = pairs.delay[p];
    pairs.error[kept_pairs] = pairs.error[p];
    pairs.cost[kept_pairs] = pairs.cost[p];
    ++kept_pairs;
  }
  pairs.option.resize(kept_pairs);
  pairs.query_class.resize(kept_pairs);
  pairs.load.resize(kept_pairs);
  pairs.delay.resize(kept_pairs);
  pairs.error.resize(kept_pairs);
  pairs.cost.resize(kept_pairs);
  return new_index;
}

}  // namespace berth
