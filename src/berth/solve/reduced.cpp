#include "berth/solve/reduced.h"

#include <vector>

namespace berth {

std::optional<Solution> into_reduced(std::span<const std::int32_t> new_index, std::size_t options,
                                     const Solution& solution) {
  Solution mapped = solution;
  mapped.replicas.assign(options, 0);
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    if (solution.replicas[d] == 0) continue;
    if (new_index[d] < 0) return std::nullopt;
    mapped.replicas[static_cast<std::size_t>(new_index[d])] = solution.replicas[d];
  }
  for (Route& route : mapped.routes) {
    const std::int32_t index = new_index[route.option.index()];
    if (index < 0) return std::nullopt;
    route.option = OptionId(index);
  }
  return mapped;
}

Solution out_of_reduced(std::span<const std::int32_t> new_index, const Solution& solution) {
  std::vector<std::size_t> old_index(solution.replicas.size());
  for (std::size_t d = 0; d < new_index.size(); ++d) {
    if (new_index[d] >= 0) old_index[static_cast<std::size_t>(new_index[d])] = d;
  }
  Solution mapped = solution;
  mapped.replicas.assign(new_index.size(), 0);
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    mapped.replicas[old_index[d]] = solution.replicas[d];
  }
  for (Route& route : mapped.routes) route.option = OptionId(old_index[route.option.index()]);
  return mapped;
}

}  // namespace berth
