#include "tests/support/brute_force.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "berth/core/tolerance.h"

namespace berth::testing {
namespace {

class BruteForce {
 public:
  BruteForce(const Instance& instance, int most_replicas)
      : instance_(instance),
        columns_(instance.columns()),
        most_(most_replicas),
        replicas_(instance.option_count(), 0) {}

  std::optional<CostRate> run() {
    choose(0);
    return best_;
  }

 private:
  void choose(std::size_t d) {
    if (d == replicas_.size()) {
      evaluate();
      return;
    }
    const int most = std::min<int>(most_, columns_.options.max_replicas[d]);
    for (int y = 0; y <= most; ++y) {
      replicas_[d] = y;
      choose(d + 1);
    }
    replicas_[d] = 0;
  }

  bool groups_hold() const {
    std::vector<int> active(instance_.group_count(), 0);
    for (std::size_t d = 0; d < replicas_.size(); ++d) {
      const std::int32_t group = columns_.options.group[d];
      if (group == kNoGroup || replicas_[d] == 0) continue;
      if (++active[static_cast<std::size_t>(group)] > 1) return false;
    }
    return true;
  }

  /// Cheapest boxes for `gpus` more GPUs from the offers [at, end) of a pool.
  std::optional<CostRate> rent(std::span<const OfferId> offers, std::int64_t gpus) const {
    if (gpus <= 0) return CostRate();
    if (offers.empty()) return std::nullopt;
    const std::size_t o = offers.front().index();
    const std::int64_t lot = columns_.offers.lot[o];
    const std::int64_t most =
        std::min<std::int64_t>(columns_.offers.max[o], (gpus + lot - 1) / lot);
    std::optional<CostRate> best;
    for (std::int64_t count = 0; count <= most; ++count) {
      const auto rest = rent(offers.subspan(1), gpus - count * lot);
      if (!rest) continue;
      const CostRate total = *rest + columns_.offers.cost[o] * count;
      if (!best || total < *best) best = total;
    }
    return best;
  }

  std::optional<CostRate> rental() const {
    CostRate total;
    for (std::size_t r = 0; r < instance_.pool_count(); ++r) {
      std::int64_t gpus = 0;
      for (const OptionId d : instance_.options_of(PoolId(r))) {
        gpus += std::int64_t{replicas_[d.index()]} * columns_.options.units[d.index()];
      }
      const auto rent_of_pool = rent(instance_.offers_of(PoolId(r)), gpus);
      if (!rent_of_pool) return std::nullopt;
      total += *rent_of_pool;
    }
    return total;
  }

  /// Cheapest shares of class i on the replicas it has to itself; unmet is one more place.
  std::optional<CostRate> serve(std::size_t i) const {
    struct Place {
      double cost;
      double room;
      CostRate rate;
      bool unmet;
    };
    std::vector<Place> places;
    const ClassId id(i);
    for (std::size_t p = instance_.first_pair(id); p < instance_.end_pair(id); ++p) {
      const int replicas = replicas_[columns_.pairs.option[p].index()];
      places.push_back({columns_.pairs.cost[p].usd(),
                        std::min(1.0, replicas / columns_.pairs.load[p]), columns_.pairs.cost[p],
                        false});
    }
    const CostRate unmet = columns_.classes.unmet_cost[i];
    places.push_back({unmet.usd(), columns_.classes.max_unmet[i], unmet, true});
    std::sort(places.begin(), places.end(),
              [](const Place& a, const Place& b) { return a.cost < b.cost; });
    double left = 1.0;
    CostRate total;
    for (const Place& place : places) {
      const double share = std::min(left, place.room);
      total += place.rate.share(share);
      left -= share;
    }
    if (left > tolerance::kShare) return std::nullopt;
    return total;
  }

  void evaluate() {
    if (!groups_hold()) return;
    const auto rented = rental();
    if (!rented || *rented > columns_.budget) return;
    CostRate total = *rented;
    for (std::size_t d = 0; d < replicas_.size(); ++d) {
      if (replicas_[d] > 0) total += columns_.options.fixed_cost[d];
    }
    for (std::size_t i = 0; i < instance_.class_count(); ++i) {
      const auto served = serve(i);
      if (!served) return;
      total += *served;
    }
    if (!best_ || total < *best_) best_ = total;
  }

  const Instance& instance_;
  const InstanceColumns& columns_;
  int most_;
  std::vector<int> replicas_;
  std::optional<CostRate> best_;
};

}  // namespace

std::optional<CostRate> brute_force(const Instance& instance, int most_replicas) {
  return BruteForce(instance, most_replicas).run();
}

}  // namespace berth::testing
