#include "berth/plan/switch_over.h"

#include <algorithm>
#include <numeric>
#include <optional>

#include "berth/core/tolerance.h"

namespace berth {
namespace {

/// Requests/s that a replica of a unit carries, by unit.
std::vector<double> requests_of(const MigrationProblem& problem, const Routing& routing) {
  std::vector<double> requests(problem.units.size(), 0.0);
  for (std::size_t i = 0; i < problem.classes.size(); ++i) {
    for (const Placed& part : routing.placed(i)) {
      requests[part.unit] += part.share * routing.rate(i);
    }
  }
  for (std::size_t u = 0; u < requests.size(); ++u) {
    requests[u] /= std::max(1e-9, routing.load(u));
  }
  return requests;
}

}  // namespace

bool within(const MigrationProblem& problem, const PoolGpus& gpus) {
  for (std::size_t p = 0; p < gpus.size(); ++p) {
    if (problem.pool_gpus[p] && gpus[p] > *problem.pool_gpus[p]) return false;
  }
  return true;
}

SwitchOver switch_over(const MigrationProblem& problem, const Routing& before,
                       const Routing& after) {
  SwitchOver over;
  PoolGpus gpus(problem.pool_gpus.size(), 0);
  for (std::size_t u = 0; u < problem.units.size(); ++u) {
    over.replicas.push_back(std::max(before.need(u), after.need(u)));
    gpus[problem.units[u].pool] += problem.units[u].gpus * over.replicas[u];
  }
  if (within(problem, gpus)) return over;
  const std::vector<double> requests = requests_of(problem, before);
  std::vector<std::size_t> order(problem.units.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto worth = [&](std::size_t u) {
    return requests[u] / static_cast<double>(problem.units[u].gpus);
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return worth(a) < worth(b); });
  for (const std::size_t u : order) {
    const MigrationUnit& unit = problem.units[u];
    const std::optional<long long>& most = problem.pool_gpus[unit.pool];
    const int spare = over.replicas[u] - after.need(u);
    if (!most || gpus[unit.pool] <= *most || spare <= 0) continue;
    const long long wanted = (gpus[unit.pool] - *most + unit.gpus - 1) / unit.gpus;
    const int given = static_cast<int>(std::min<long long>(spare, wanted));
    over.replicas[u] -= given;
    gpus[unit.pool] -= given * unit.gpus;
    over.lost += std::max(0.0, before.load(u) - over.replicas[u]) * requests[u];
  }
  over.possible = within(problem, gpus);
  return over;
}

}  // namespace berth
