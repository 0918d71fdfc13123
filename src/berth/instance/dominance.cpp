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

/// Where something runs, a substitute must also start at no greater cost: one more criterion. What
/// runs now is always kept: leaving it costs.
std::vector<std::uint8_t> undominated_beside(const DominanceRows& rows, const InstanceColumns& c) {
  DominanceRows wider = rows;
  wider.width = rows.width + 1;
  wider.criteria.clear();
  for (std::size_t d = 0; d < rows.size(); ++d) {
    const auto row = rows.row(d);
    wider.criteria.insert(wider.criteria.end(), row.begin(), row.end());
    wider.criteria.push_back(static_cast<double>(c.switching.start_cost[d].micros()));
  }
  // A GPU more of another pool comes in a new box; one less saves no more than its rent.
  InstanceColumns::Offers new_boxes = c.offers;
  for (std::size_t o = 0; o < new_boxes.cost.size(); ++o) {
    new_boxes.cost[o] += c.switching.rent_cost[o];
  }
  std::vector<PoolSupply> supplies = pool_supplies(c.offers, c.pools.name.size());
  const std::vector<PoolSupply> with_start = pool_supplies(new_boxes, c.pools.name.size());
  for (std::size_t r = 0; r < supplies.size(); ++r) {
    supplies[r].endless_gpu = with_start[r].endless_gpu;
  }
  std::vector<std::uint8_t> keep = undominated_rows(wider, supplies);
  for (std::size_t d = 0; d < keep.size(); ++d) {
    if (c.switching.replicas[d] > 0) keep[d] = 1;
  }
  return keep;
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
  if (!c.switching.empty()) return undominated_beside(rows, c);
  return undominated_rows(rows, pool_supplies(c.offers, c.pools.name.size()));
}

ReducedInstance without_dominated(const Instance& instance) {
  return reduced_to(instance, undominated(instance.columns()));
}

}  // namespace berth
