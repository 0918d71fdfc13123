#include "tests/solve/market_checks.h"

#include <algorithm>
#include <cmath>

#include "berth/solve/rental.h"
#include "tests/support/dense_simplex.h"

namespace berth::testing {
namespace {

using adaptive::Assignment;
using adaptive::Entry;
using adaptive::Market;
using adaptive::Routing;
using adaptive::State;

/// Sums of a routing by class and option.
struct Sums {
  std::vector<double> served, unmet, delay, error;  // by class
  std::vector<double> load;                         // by option
  double cost = 0.0;
};

Sums sums_of(const Market& market, std::span<const double> penalty, const Routing& routing) {
  const std::size_t classes = market.class_count();
  Sums sums;
  for (auto* by_class : {&sums.served, &sums.unmet, &sums.delay, &sums.error}) {
    by_class->assign(classes, 0.0);
  }
  sums.load.assign(market.option_count(), 0.0);
  routing.for_each_share([&](std::uint32_t e, double share) {
    const Entry& entry = market.entries[e];
    sums.served[entry.query_class] += share;
    sums.delay[entry.query_class] += share * entry.delay_excess;
    sums.error[entry.query_class] += share * entry.error_excess;
    sums.load[entry.option] += share * entry.load;
    sums.cost += share * entry.cost;
  });
  routing.for_each_unmet([&](std::size_t i, double share) {
    sums.unmet[i] += share;
    sums.cost += share * market.unmet_cost[i];
  });
  for (std::size_t i = 0; i < classes; ++i) {
    sums.cost += std::max(0.0, 1.0 - sums.served[i] - sums.unmet[i]) * penalty[i];
  }
  return sums;
}

::testing::AssertionResult failure(const char* what, std::size_t which, double left, double right) {
  return ::testing::AssertionFailure() << what << ' ' << which << ": " << left << " and " << right;
}

::testing::AssertionResult keeps_limits(const Market& market, std::span<const double> capacity,
                                        const Sums& sums, const Routing& routing) {
  double uncarried = 0.0;
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    const double placed = sums.served[i] + sums.unmet[i];
    if (placed > 1.0 + 1e-9) return failure("shares of class", i, placed, 1.0);
    if (sums.unmet[i] > market.max_unmet[i] + 1e-9) {
      return failure("unmet share of class", i, sums.unmet[i], market.max_unmet[i]);
    }
    if (sums.delay[i] > 1e-7) return failure("average delay of class", i, sums.delay[i], 0.0);
    if (sums.error[i] > 1e-7) return failure("average error of class", i, sums.error[i], 0.0);
    uncarried += std::max(0.0, 1.0 - placed);
  }
  if (std::abs(uncarried - routing.uncarried()) > 1e-7) {
    return failure("uncarried demand", 0, uncarried, routing.uncarried());
  }
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    if (sums.load[d] > capacity[d] + 1e-7 * std::max(1.0, capacity[d])) {
      return failure("load of option", d, sums.load[d], capacity[d]);
    }
  }
  return ::testing::AssertionSuccess();
}

}  // namespace

double best_routing_cost(const Market& market, std::span<const double> penalty,
                         std::span<const double> capacity) {
  const std::size_t classes = market.class_count();
  std::vector<std::size_t> usable;
  for (std::size_t e = 0; e < market.entries.size(); ++e) {
    if (capacity[market.entries[e].option] > 0.0) usable.push_back(e);
  }
  const std::size_t shares = usable.size();  // then u by class, then z by class
  DenseProgram program;
  for (const std::size_t e : usable) program.cost.push_back(market.entries[e].cost);
  program.cost.insert(program.cost.end(), market.unmet_cost.begin(), market.unmet_cost.end());
  program.cost.insert(program.cost.end(), penalty.begin(), penalty.end());
  const std::vector<double> zero(program.cost.size(), 0.0);
  for (std::size_t i = 0; i < classes; ++i) {
    std::vector<double> demand = zero;
    std::vector<double> delay = zero;
    std::vector<double> error = zero;
    std::vector<double> unmet = zero;
    for (std::size_t k = 0; k < shares; ++k) {
      const Entry& entry = market.entries[usable[k]];
      if (entry.query_class != i) continue;
      demand[k] = 1.0;
      delay[k] = entry.delay_excess;
      error[k] = entry.error_excess;
    }
    demand[shares + i] = demand[shares + classes + i] = unmet[shares + i] = 1.0;
    program.equal(demand, 1.0);
    program.at_most(unmet, market.max_unmet[i]);
    if (market.delay_row[i] >= 0) program.at_most(delay, 0.0);
    if (market.error_row[i] >= 0) program.at_most(error, 0.0);
  }
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    if (capacity[d] <= 0.0) continue;
    std::vector<double> load = zero;
    for (std::size_t k = 0; k < shares; ++k) {
      if (market.entries[usable[k]].option == d) load[k] = market.entries[usable[k]].load;
    }
    program.at_most(load, capacity[d]);
  }
  return least_cost(program).value();
}

::testing::AssertionResult is_best_routing(const Market& market, std::span<const double> penalty,
                                           std::span<const double> capacity, const Routing& routing,
                                           double tolerance) {
  const Sums sums = sums_of(market, penalty, routing);
  const ::testing::AssertionResult kept = keeps_limits(market, capacity, sums, routing);
  if (!kept) return kept;
  const double near = tolerance * std::max(1.0, std::abs(sums.cost));
  if (std::abs(sums.cost - routing.cost()) > near) {
    return failure("cost of the shares", 0, sums.cost, routing.cost());
  }
  double proven = 0.0;
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    const double price = routing.demand_price(i);
    if (price > penalty[i] + near) return failure("price above penalty", i, price, penalty[i]);
    if (std::min(routing.delay_price(i), routing.error_price(i)) < -near) {
      return failure("negative price of an average", i, routing.delay_price(i),
                     routing.error_price(i));
    }
    proven += price - market.max_unmet[i] * std::max(0.0, price - market.unmet_cost[i]);
  }
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    if (capacity[d] <= 0.0) continue;  // any price proves it: nothing can go there
    const double theta = routing.capacity_price(d);
    if (theta < -near) return failure("negative capacity price", d, theta, 0.0);
    proven -= theta * capacity[d];
    for (const Entry& entry : market.entries_of(d)) {
      const std::size_t i = entry.query_class;
      const double reduced = entry.cost + entry.load * theta - routing.demand_price(i) +
                             entry.delay_excess * routing.delay_price(i) +
                             entry.error_excess * routing.error_price(i);
      if (reduced < -near) return failure("reduced cost on option", d, reduced, 0.0);
    }
  }
  if (std::abs(proven - routing.cost()) > near) {
    return failure("cost that the prices prove", 0, proven, routing.cost());
  }
  return ::testing::AssertionSuccess();
}

std::optional<std::int64_t> committed_cost(const Instance& instance,
                                           std::span<const std::int32_t> replicas) {
  const auto& columns = instance.columns();
  std::vector<std::int64_t> gpus(instance.pool_count(), 0);
  std::vector<int> active(instance.group_count(), 0);
  std::int64_t fixed = 0;
  for (std::size_t d = 0; d < replicas.size(); ++d) {
    if (replicas[d] == 0) continue;
    if (replicas[d] < 0 || replicas[d] > columns.options.max_replicas[d]) return std::nullopt;
    gpus[columns.options.pool[d].index()] += std::int64_t{replicas[d]} * columns.options.units[d];
    fixed += columns.options.fixed_cost[d].micros();
    const std::int32_t group = columns.options.group[d];
    if (group != kNoGroup && ++active[static_cast<std::size_t>(group)] > 1) return std::nullopt;
  }
  std::int64_t rent = 0;
  for (std::size_t r = 0; r < gpus.size(); ++r) {
    PoolRental pool(instance, PoolId(r));
    if (gpus[r] > pool.obtainable()) return std::nullopt;
    if (gpus[r] > 0) rent += pool.cost(gpus[r]);
  }
  if (rent > columns.budget.micros()) return std::nullopt;
  return rent + fixed;
}

::testing::AssertionResult is_sound(const Instance& instance, std::span<const double> penalty,
                                    const State& state) {
  const Market& market = state.market();
  std::vector<std::int32_t> replicas(market.option_count());
  std::vector<double> capacity(market.option_count());
  for (std::size_t d = 0; d < replicas.size(); ++d) {
    replicas[d] = state.replicas(d);
    capacity[d] = replicas[d];
  }
  const std::optional<std::int64_t> committed = committed_cost(instance, replicas);
  if (!committed) return ::testing::AssertionFailure() << "the replicas break a limit";
  if (1e-6 * static_cast<double>(*committed) != state.committed()) {
    return failure("rent and fixed costs", 0, 1e-6 * static_cast<double>(*committed),
                   state.committed());
  }
  return is_best_routing(market, penalty, capacity, state.routing());
}

::testing::AssertionResult adds_up(const Market& market, const Assignment& assignment) {
  std::vector<double> load(market.option_count(), 0.0);
  std::vector<std::uint32_t> users(market.option_count(), 0);
  std::vector<std::int64_t> gpus(assignment.gpus.size(), 0);
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    double sum = assignment.unmet[i] + assignment.uncarried[i];
    for (const Assignment::Share& share : assignment.shares[i]) {
      const Entry& entry = market.entries[share.entry];
      if (entry.query_class != i) return failure("entry of another class", i, 0.0, 0.0);
      load[entry.option] += share.share * entry.load;
      ++users[entry.option];
      sum += share.share;
    }
    if (std::abs(sum - 1.0) > 1e-8) return failure("shares of class", i, sum, 1.0);
  }
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    gpus[market.pool[d]] += std::int64_t{assignment.replicas[d]} * market.units[d];
    const double scale = std::max(1.0, load[d]);
    if (std::abs(load[d] - assignment.load[d]) > 1e-9 * scale) {
      return failure("load of option", d, assignment.load[d], load[d]);
    }
    if (users[d] != assignment.users[d]) {
      return failure("users of option", d, assignment.users[d], users[d]);
    }
    if (load[d] > assignment.replicas[d] + 1e-7 * scale) {
      return failure("load above the replicas of option", d, load[d], assignment.replicas[d]);
    }
  }
  if (gpus != assignment.gpus) return ::testing::AssertionFailure() << "GPUs are counted wrongly";
  return ::testing::AssertionSuccess();
}

std::vector<double> high_penalties(const Market& market) {
  std::vector<double> result;
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    double most = 1.0 + market.unmet_cost[i];
    for (const std::uint32_t e : market.entries_of_class(i)) {
      const Entry& entry = market.entries[e];
      most =
          std::max(most, entry.cost + std::max(1.0, entry.load) * market.unit_price[entry.option]);
    }
    result.push_back(100.0 * most);
  }
  return result;
}

}  // namespace berth::testing
