#include "berth/solve/branch/completion.h"

#include <utility>
#include <vector>

#include "berth/plan/check.h"
#include "berth/solve/milp/reroute.h"
#include "berth/solve/rental.h"

namespace berth::branch {

std::optional<Solution> completed(const Instance& instance,
                                  std::span<const std::int32_t> replicas) {
  std::optional<milp::Rerouting> routing = milp::reroute(instance, replicas);
  if (!routing) return std::nullopt;
  Solution solution;
  solution.replicas.assign(replicas.begin(), replicas.end());
  solution.boxes.assign(instance.offer_count(), 0);
  solution.routes = std::move(routing->routes);
  solution.unmet = std::move(routing->unmet);
  const auto& options = instance.columns().options;
  std::vector<std::int64_t> gpus(instance.pool_count(), 0);
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    gpus[options.pool[d].index()] += std::int64_t{replicas[d]} * options.units[d];
  }
  for (std::size_t r = 0; r < gpus.size(); ++r) {
    if (gpus[r] == 0) continue;
    const PoolRental rental(instance, PoolId(r));
    if (gpus[r] > rental.obtainable()) return std::nullopt;
    rental.choose(gpus[r], solution.boxes);
  }
  if (!check(instance, solution).empty()) return std::nullopt;
  return solution;
}

}  // namespace berth::branch
