#include "berth/solve/adaptive/assignment.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace berth::adaptive {
namespace {

constexpr double kNothing = 1e-9;  // classes

}  // namespace

Assignment::Assignment(const Market& market)
    : replicas(market.option_count(), 0),
      shares(market.class_count()),
      unmet(market.class_count(), 0.0),
      uncarried(market.class_count(), 1.0),
      load(market.option_count(), 0.0),
      users(market.option_count(), 0),
      gpus(market.base_gpus.size(), 0) {}

void Assignment::clear_class(const Market& market, std::size_t i) {
  for (const Share& share : shares[i]) {
    const Entry& entry = market.entries[share.entry];
    load[entry.option] -= share.share * entry.load;
    // Sums that were taken back leave rounding noise behind; an idle option has no load.
    if (--users[entry.option] == 0) load[entry.option] = 0.0;
  }
  shares[i].clear();
  unmet[i] = 0.0;
  uncarried[i] = 1.0;
}

void Assignment::set_class(const Market& market, std::size_t i, std::vector<Share> of_class,
                           double unmet_share, double uncarried_share) {
  clear_class(market, i);
  for (const Share& share : of_class) {
    const Entry& entry = market.entries[share.entry];
    load[entry.option] += share.share * entry.load;
    ++users[entry.option];
  }
  shares[i] = std::move(of_class);
  unmet[i] = unmet_share;
  uncarried[i] = uncarried_share;
}

void Assignment::set_replicas(const Market& market, std::size_t d, std::int32_t count) {
  gpus[market.pool[d]] += std::int64_t{count - replicas[d]} * market.units[d];
  replicas[d] = count;
}

bool Assignment::complete() const {
  return std::all_of(uncarried.begin(), uncarried.end(),
                     [](double share) { return share <= kNothing; });
}

double cost_of(const Market& market, std::span<PoolRental> pools, const Assignment& assignment) {
  constexpr double kBroken = std::numeric_limits<double>::infinity();
  std::int64_t rental = 0;
  for (std::size_t r = 0; r < pools.size(); ++r) {
    if (assignment.gpus[r] > pools[r].obtainable()) return kBroken;
    if (assignment.gpus[r] > 0) rental += pools[r].cost(assignment.gpus[r]);
  }
  if (rental > market.budget) return kBroken;
  std::int64_t fixed = 0;
  std::vector<std::uint8_t> active(market.group_taken.size(), 0);
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    fixed += market.switching.at(d, assignment.replicas[d]);
    if (assignment.replicas[d] == 0) continue;
    if (assignment.replicas[d] > market.max_replicas[d]) return kBroken;
    fixed += market.fixed[d];
    if (market.group[d] == kNoGroup) continue;
    if (std::exchange(active[static_cast<std::size_t>(market.group[d])], std::uint8_t{1}) != 0) {
      return kBroken;
    }
  }
  double total = 1e-6 * static_cast<double>(rental + fixed);
  if (!market.routing_costs) return total;
  for (std::size_t i = 0; i < market.class_count(); ++i) {
    total += market.unmet_cost[i] * assignment.unmet[i];
    for (const Assignment::Share& share : assignment.shares[i]) {
      total += market.entries[share.entry].cost * share.share;
    }
  }
  return total;
}

}  // namespace berth::adaptive
