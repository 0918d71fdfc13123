#include "berth/instance/dominance.h"

#include <cassert>
#include <cmath>
#include <utility>

#include "berth/instance/skyline.h"

namespace berth {
namespace {

constexpr std::uint32_t kNoCriterion = std::numeric_limits<std::uint32_t>::max();

/// Position of each class's load, cost, delay and error in a row; only what can matter gets one.
struct Layout {
  std::vector<std::uint32_t> cost;
  std::vector<std::uint32_t> delay;
  std::vector<std::uint32_t> error;
  std::uint32_t width = 0;
};

Layout layout_of(const InstanceColumns& c) {
  const std::size_t classes = c.classes.name.size();
  std::vector<std::uint8_t> costs(classes, 0);
  for (std::size_t p = 0; p < c.pairs.cost.size(); ++p) {
    if (c.pairs.cost[p] != CostRate{}) costs[c.pairs.query_class[p].index()] = 1;
  }
  Layout layout;
  layout.width = static_cast<std::uint32_t>(classes);  // load of class i is criterion i
  const auto place = [&](bool matters) { return matters ? layout.width++ : kNoCriterion; };
  for (std::size_t i = 0; i < classes; ++i) {
    layout.cost.push_back(place(costs[i] != 0));
    layout.delay.push_back(place(c.classes.max_delay[i] != kNoLimit));
    layout.error.push_back(place(c.classes.max_error[i] != kNoLimit));
  }
  return layout;
}

}  // namespace

std::vector<std::uint8_t> undominated(const InstanceColumns& c) {
  const Layout layout = layout_of(c);
  DominanceRows rows;
  rows.width = layout.width;
  rows.units = c.options.units;
  rows.fixed_cost = c.options.fixed_cost;
  rows.max_replicas = c.options.max_replicas;
  rows.group = c.options.group;
  for (const PoolId pool : c.options.pool) rows.pool.push_back(pool.value());
  rows.criteria.assign(rows.size() * rows.width, kNoLimit);
  for (std::size_t p = 0; p < c.pairs.option.size(); ++p) {
    double* const row = rows.criteria.data() + c.pairs.option[p].index() * rows.width;
    const std::size_t i = c.pairs.query_class[p].index();
    row[i] = c.pairs.load[p];
    if (layout.cost[i] != kNoCriterion) {
      row[layout.cost[i]] = static_cast<double>(c.pairs.cost[p].micros());
    }
    if (layout.delay[i] != kNoCriterion) row[layout.delay[i]] = c.pairs.delay[p];
    if (layout.error[i] != kNoCriterion) row[layout.error[i]] = c.pairs.error[p];
  }
  return undominated_rows(rows, pool_supplies(c.offers, c.pools.name.size()));
}

ReducedInstance without_dominated(const Instance& instance) {
  return reduced_to(instance, undominated(instance.columns()));
}

}  // namespace berth
