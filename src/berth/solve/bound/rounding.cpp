#include "berth/solve/bound/rounding.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace berth::bound {

std::int64_t cost_step(const Instance& instance) {
  const auto& columns = instance.columns();
  for (const CostRate cost : columns.pairs.cost) {
    if (cost != CostRate{}) return 1;  // a share of it may be any whole number of micro-dollars
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    if (columns.classes.max_unmet[i] > 0.0 && columns.classes.unmet_cost[i] != CostRate{}) return 1;
  }
  std::int64_t step = 0;
  for (std::size_t o = 0; o < instance.offer_count(); ++o) {
    if (columns.offers.max[o] > 0) step = std::gcd(step, columns.offers.cost[o].micros());
  }
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    if (columns.options.max_replicas[d] > 0) {
      step = std::gcd(step, columns.options.fixed_cost[d].micros());
    }
  }
  return step;
}

double rounded_up(double usd, std::int64_t step) {
  // Beyond this, whole micro-dollars are below the precision of the number itself.
  constexpr double kMostMicros = 9e15;
  // A multiple of the step must stay what it is: less than the noise above it does not count.
  const double micros = usd * 1e6 * (1.0 - 4.0 * std::numeric_limits<double>::epsilon());
  if (step == 0 || !(micros > 0.0)) return 0.0;
  if (micros >= kMostMicros) return usd;
  auto whole = static_cast<std::int64_t>(std::floor(micros));
  if (static_cast<double>(whole) < micros) ++whole;
  const std::int64_t steps = whole / step + (whole % step != 0 ? 1 : 0);
  return static_cast<double>(steps) * static_cast<double>(step) * 1e-6;
}

double dearest_plan(const Instance& instance) {
  const auto& columns = instance.columns();
  std::vector<double> gpus(instance.pool_count(), 0.0);
  double cost = 1.0;  // for rounding
  for (std::size_t d = 0; d < instance.option_count(); ++d) {
    // More replicas than the loads fill are idle, and can be given back.
    double replicas = 0.0;
    for (const std::uint32_t p : instance.pairs_of(OptionId(d))) {
      replicas += columns.pairs.load[p] + 1.0;
      cost += columns.pairs.cost[p].usd();
    }
    replicas = std::min(replicas, static_cast<double>(columns.options.max_replicas[d]));
    gpus[columns.options.pool[d].index()] += replicas * columns.options.units[d];
    cost += columns.options.fixed_cost[d].usd();
  }
  for (std::size_t o = 0; o < instance.offer_count(); ++o) {
    const double needed = gpus[columns.offers.pool[o].index()] / columns.offers.lot[o] + 1.0;
    cost +=
        columns.offers.cost[o].usd() * std::min(needed, static_cast<double>(columns.offers.max[o]));
  }
  for (std::size_t i = 0; i < instance.class_count(); ++i) {
    cost += columns.classes.unmet_cost[i].usd() * columns.classes.max_unmet[i];
  }
  return 1.01 * cost;
}

}  // namespace berth::bound
