#include "berth/solve/adaptive/state.h"

#include <algorithm>
#include <cassert>

namespace berth::adaptive {
namespace {

constexpr std::int32_t kNobody = -1;
constexpr std::int32_t kOutside = -2;

}  // namespace

State::State(const Market& market, std::span<const double> penalty)
    : market_(market),
      routing_(market, penalty),
      pools_(*market.pools),
      replicas_(market.option_count(), 0),
      gpus_(market.base_gpus),
      active_(market.group_taken.size(), kNobody) {
  for (std::size_t r = 0; r < gpus_.size(); ++r) {
    rent_.push_back(gpus_[r] == 0 ? 0 : pools_[r].cost(gpus_[r]));
    rental_ += rent_[r];
  }
  for (std::size_t g = 0; g < active_.size(); ++g) {
    if (market.group_taken[g] != 0) active_[g] = kOutside;
  }
  for (std::size_t d = 0; d < market.option_count(); ++d) {
    if (market.base_replicas[d] > 0 && market.group[d] != kNoGroup) {
      active_[static_cast<std::size_t>(market.group[d])] = static_cast<std::int32_t>(d);
    }
    fixed_ += market.standing(d, 0);
    if (market.base_capacity[d] > 0.0) {
      routing_.set_capacity(d, market.base_capacity[d], std::numeric_limits<double>::infinity());
    }
  }
}

std::vector<std::uint32_t> State::open() const {
  std::vector<std::uint32_t> result;
  for (const std::uint32_t d : routing_.slots()) {
    if (replicas_[d] > 0) result.push_back(d);
  }
  return result;
}

std::int64_t State::price(std::size_t d, std::int32_t more) {
  const std::int64_t wanted = std::int64_t{replicas_[d]} + more;
  if (wanted < 0 || wanted > market_.max_replicas[d]) return kNever;
  const bool was_active = replicas_[d] + market_.base_replicas[d] > 0;
  const std::int32_t group = market_.group[d];
  if (!was_active && group != kNoGroup && active_[static_cast<std::size_t>(group)] != kNobody) {
    return kNever;
  }
  const std::size_t r = market_.pool[d];
  const std::int64_t gpus = gpus_[r] + std::int64_t{more} * market_.units[d];
  if (gpus > pools_[r].obtainable()) return kNever;
  const std::int64_t rent = pools_[r].cost(gpus) - rent_[r];
  if (more > 0 && rent > market_.budget - rental_) return kNever;
  return rent + market_.standing(d, wanted) - market_.standing(d, replicas_[d]);
}

bool State::change(std::size_t d, std::int32_t more, double cutoff) {
  const std::size_t r = market_.pool[d];
  const bool was_active = replicas_[d] + market_.base_replicas[d] > 0;
  if (replicas_[d] == 0) touched_.push_back(static_cast<std::uint32_t>(d));
  fixed_ += market_.standing(d, replicas_[d] + more) - market_.standing(d, replicas_[d]);
  replicas_[d] += more;
  const bool is_active = replicas_[d] + market_.base_replicas[d] > 0;
  gpus_[r] += std::int64_t{more} * market_.units[d];
  const std::int64_t rent = pools_[r].cost(gpus_[r]);
  rental_ += rent - rent_[r];
  rent_[r] = rent;
  if (was_active != is_active && market_.group[d] != kNoGroup) {
    active_[static_cast<std::size_t>(market_.group[d])] =
        is_active ? static_cast<std::int32_t>(d) : kNobody;
  }
  assert(rental_ + fixed_ == recount());  // money is exact
  sound_ = routing_.set_capacity(d, replicas_[d] + market_.base_capacity[d], cutoff) && sound_;
  return sound_;
}

std::int64_t State::recount() const {
  std::int64_t total = 0;
  std::vector<std::int64_t> gpus = market_.base_gpus;
  for (std::size_t d = 0; d < replicas_.size(); ++d) {
    gpus[market_.pool[d]] += std::int64_t{replicas_[d]} * market_.units[d];
    total += market_.standing(d, replicas_[d]);
  }
  std::vector<PoolRental> pools = *market_.pools;
  for (std::size_t r = 0; r < gpus.size(); ++r) {
    if (gpus[r] > 0) total += pools[r].cost(gpus[r]);
  }
  return total;
}

void State::save(Snapshot& snapshot) const {
  routing_.save(snapshot.routing);
  snapshot.open.clear();
  snapshot.replicas.clear();
  for (const std::uint32_t d : routing_.slots()) {
    if (replicas_[d] == 0) continue;
    snapshot.open.push_back(d);
    snapshot.replicas.push_back(replicas_[d]);
  }
  snapshot.gpus = gpus_;
  snapshot.rent = rent_;
  snapshot.active = active_;
  snapshot.rental = rental_;
  snapshot.fixed = fixed_;
}

void State::restore(const Snapshot& snapshot) {
  for (const std::uint32_t d : touched_) replicas_[d] = 0;
  touched_ = snapshot.open;
  for (std::size_t k = 0; k < snapshot.open.size(); ++k) {
    replicas_[snapshot.open[k]] = snapshot.replicas[k];
  }
  routing_.restore(snapshot.routing);
  sound_ = true;
  gpus_ = snapshot.gpus;
  rent_ = snapshot.rent;
  active_ = snapshot.active;
  rental_ = snapshot.rental;
  fixed_ = snapshot.fixed;
}

}  // namespace berth::adaptive
