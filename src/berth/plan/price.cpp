#include "berth/plan/price.h"

namespace berth {

namespace {

CostRate switching_cost(const InstanceColumns& columns, const Solution& solution) {
  const InstanceColumns::Switching& now = columns.switching;
  CostRate cost;
  if (now.empty()) return cost;
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    const std::int64_t more = std::int64_t{solution.replicas[d]} - now.replicas[d];
    cost += more > 0 ? now.start_cost[d] * more : now.stop_cost[d] * -more;
  }
  for (std::size_t o = 0; o < solution.boxes.size(); ++o) {
    const std::int64_t more = std::int64_t{solution.boxes[o]} - now.boxes[o];
    if (more > 0) cost += now.rent_cost[o] * more;
  }
  return cost;
}

}  // namespace

Cost price(const Instance& instance, const Solution& solution) {
  const InstanceColumns& columns = instance.columns();
  Cost cost;
  for (std::size_t o = 0; o < solution.boxes.size(); ++o) {
    cost.rental += columns.offers.cost[o] * solution.boxes[o];
  }
  for (std::size_t d = 0; d < solution.replicas.size(); ++d) {
    if (solution.replicas[d] > 0) cost.fixed += columns.options.fixed_cost[d];
  }
  for (const Route& route : solution.routes) {
    // A route over no pair is the checker's to report; it has no price.
    const auto pair = instance.find_pair(route.query_class, route.option);
    if (pair) cost.delay += columns.pairs.cost[*pair].share(route.share);
  }
  for (std::size_t i = 0; i < solution.unmet.size(); ++i) {
    cost.unmet += columns.classes.unmet_cost[i].share(solution.unmet[i]);
  }
  cost.switching = switching_cost(columns, solution);
  return cost;
}

}  // namespace berth
