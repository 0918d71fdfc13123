#include "berth/solve/greedy/placement.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace berth::greedy {

Placement::Placement(GreedyTable& table)
    : table_(table),
      remaining_(table.class_count(), 1.0),
      delay_credit_(table.class_count(), 0.0),
      error_credit_(table.class_count(), 0.0),
      share_(table.entries.size(), 0.0),
      load_(table.option_count(), 0.0),
      users_(table.option_count(), 0),
      replicas_(table.option_count(), 0),
      active_at_(table.option_count(), 0),
      group_active_(table.instance.group_count(), -1),
      gpus_(table.pools.size(), 0),
      rent_(table.pools.size(), 0) {
  for (const CostRate unmet : table.instance.columns().classes.unmet_cost) cost_ += unmet.micros();
  for (std::size_t d = 0; d < replicas_.size(); ++d) cost_ += table.switching.at(d, 0);
}

std::int32_t Placement::rival(std::size_t d) const {
  const std::int32_t group = table_.group[d];
  if (group == kNoGroup) return -1;
  const std::int32_t other = group_active_[static_cast<std::size_t>(group)];
  return other == static_cast<std::int32_t>(d) ? -1 : other;
}

std::int64_t Placement::rental_change(std::size_t r, std::int64_t extra) const {
  PoolRental& pool = table_.pools[r];
  const std::int64_t wanted = gpus_[r] + extra;
  if (wanted > pool.obtainable()) return kNeverFits;
  const std::int64_t change = pool.cost(wanted) - rent_[r];
  return change > table_.budget - rental_ ? kNeverFits : change;
}

double Placement::average_room(const Entry& entry) const {
  double room = std::numeric_limits<double>::infinity();
  if (entry.delay_excess > 0.0) {
    room = std::max(0.0, delay_credit_[entry.query_class]) / entry.delay_excess;
  }
  if (entry.error_excess > 0.0) {
    room = std::min(room, std::max(0.0, error_credit_[entry.query_class]) / entry.error_excess);
  }
  return room;
}

bool Placement::average_holds(const Entry& from, const Entry& to, double share) const {
  const double more_delay = (to.delay_excess - from.delay_excess) * share;
  const double more_error = (to.error_excess - from.error_excess) * share;
  return (more_delay <= 0.0 || more_delay <= delay_credit_[to.query_class]) &&
         (more_error <= 0.0 || more_error <= error_credit_[to.query_class]);
}

void Placement::apply_replicas(std::size_t d, std::int32_t replicas) {
  const std::int32_t before = replicas_[d];
  if (before == replicas) return;
  const std::size_t r = table_.pool[d];
  gpus_[r] += std::int64_t{replicas - before} * table_.units[d];
  const std::int64_t rent = table_.pools[r].cost(gpus_[r]);
  rental_ += rent - rent_[r];
  cost_ += rent - rent_[r];
  rent_[r] = rent;
  replicas_[d] = replicas;
  cost_ += table_.switching.change(d, before, replicas);
  const std::int32_t group = table_.group[d];
  if (before == 0) {
    cost_ += table_.fixed[d];
    active_at_[d] = static_cast<std::uint32_t>(active_.size());
    active_.push_back(static_cast<std::uint32_t>(d));
    if (group != kNoGroup) {
      group_active_[static_cast<std::size_t>(group)] = static_cast<std::int32_t>(d);
    }
  } else if (replicas == 0) {
    cost_ -= table_.fixed[d];
    const std::uint32_t last = active_.back();
    active_[active_at_[d]] = last;
    active_at_[last] = active_at_[d];
    active_.pop_back();
    if (group != kNoGroup) group_active_[static_cast<std::size_t>(group)] = -1;
  }
}

void Placement::set_replicas(std::size_t d, std::int32_t replicas) {
  if (replicas == replicas_[d]) return;
  assert(replicas >= 0 && replicas <= table_.max_replicas[d]);
  assert(replicas == 0 || rival(d) < 0);
  Change change;
  change.option = static_cast<std::uint32_t>(d);
  change.replicas = replicas_[d];
  journal_.push_back(change);
  apply_replicas(d, replicas);
}

/// Share, what is left of the class, and their exact cost.
void Placement::apply_share(std::size_t e, std::size_t d, double share, double remaining) {
  const auto& columns = table_.instance.columns();
  const Entry& entry = table_.entries[e];
  const std::size_t i = entry.query_class;
  const CostRate pair_cost = columns.pairs.cost[entry.pair];
  const CostRate unmet_cost = columns.classes.unmet_cost[i];
  const CostRate change = pair_cost.share(share) - pair_cost.share(share_[e]) +
                          unmet_cost.share(remaining) - unmet_cost.share(remaining_[i]);
  cost_ += change.micros();
  if (share > 0.0 && share_[e] <= 0.0) ++users_[d];
  if (share <= 0.0 && share_[e] > 0.0) --users_[d];
  share_[e] = share;
  remaining_[i] = remaining;
}

void Placement::set_share(std::size_t e, std::size_t d, double share) {
  const Entry& entry = table_.entries[e];
  const std::size_t i = entry.query_class;
  const double more = share - share_[e];
  journal_.push_back({static_cast<std::uint32_t>(d), static_cast<std::uint32_t>(e), -1, share_[e],
                      load_[d], remaining_[i], delay_credit_[i], error_credit_[i]});
  const double left = remaining_[i] - more;
  apply_share(e, d, share, left < tolerance::kNegligibleShare ? 0.0 : std::min(1.0, left));
  // Sums of shares taken back leave rounding noise behind; an idle option has no load.
  load_[d] = users_[d] == 0 ? 0.0 : std::max(0.0, load_[d] + entry.load * more);
  delay_credit_[i] -= entry.delay_excess * more;
  error_credit_[i] -= entry.error_excess * more;
}

void Placement::trim(std::size_t d) {
  // A share too small to need a replica by its load still needs one to run on.
  const std::int64_t least = users_[d] == 0 ? 0 : std::max<std::int64_t>(1, replicas_for(load_[d]));
  if (least < replicas_[d]) set_replicas(d, static_cast<std::int32_t>(least));
}

void Placement::rollback(std::size_t mark) {
  while (journal_.size() > mark) {
    const Change change = journal_.back();
    journal_.pop_back();
    const std::size_t d = change.option;
    if (change.replicas >= 0) {
      apply_replicas(d, change.replicas);
      continue;
    }
    const std::size_t i = table_.entries[change.entry].query_class;
    apply_share(change.entry, d, change.share, change.remaining);
    load_[d] = change.load;
    delay_credit_[i] = change.delay_credit;
    error_credit_[i] = change.error_credit;
  }
}

double Placement::fractional_rent(std::size_t d) const {
  const std::int64_t gpus = std::int64_t{replicas_[d]} * table_.units[d];
  return static_cast<double>(gpus) * table_.pools[table_.pool[d]].cheapest_per_gpu() +
         static_cast<double>(table_.fixed[d]);
}

std::vector<double> Placement::paid(std::span<const double> worth) const {
  std::vector<double> result(remaining_.size());
  for (std::size_t i = 0; i < result.size(); ++i) result[i] = remaining_[i] * worth[i];
  for (const std::uint32_t d : active_) {
    const double per_load = load_[d] > 0.0 ? fractional_rent(d) / load_[d] : 0.0;
    for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) {
      if (share_[e] <= 0.0) continue;
      const Entry& entry = table_.entries[e];
      result[entry.query_class] += (per_load * entry.load + entry.cost) * share_[e];
    }
  }
  return result;
}

Solution Placement::solution() const {
  Solution result;
  result.replicas.assign(replicas_.begin(), replicas_.end());
  result.boxes.assign(table_.instance.offer_count(), 0);
  for (std::size_t r = 0; r < gpus_.size(); ++r) {
    if (gpus_[r] > 0) table_.pools[r].choose(gpus_[r], result.boxes);
  }
  for (const std::uint32_t d : active_) {
    for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) {
      if (share_[e] <= 0.0) continue;
      result.routes.push_back({ClassId(table_.entries[e].query_class), OptionId(d), share_[e]});
    }
  }
  std::sort(result.routes.begin(), result.routes.end(), [](const Route& a, const Route& b) {
    return std::pair(a.query_class, a.option) < std::pair(b.query_class, b.option);
  });
  result.unmet = remaining_;
  return result;
}

std::int64_t Placement::recount() const {
  const auto& columns = table_.instance.columns();
  CostRate sum;
  for (std::size_t d = 0; d < replicas_.size(); ++d) {
    if (replicas_[d] > 0) sum += columns.options.fixed_cost[d];
    sum += CostRate::micro_usd_per_hour(table_.switching.at(d, replicas_[d]));
  }
  for (std::size_t e = 0; e < share_.size(); ++e) {
    sum += columns.pairs.cost[table_.entries[e].pair].share(share_[e]);
  }
  for (std::size_t i = 0; i < remaining_.size(); ++i) {
    sum += columns.classes.unmet_cost[i].share(remaining_[i]);
  }
  std::int64_t total = sum.micros();
  for (std::size_t r = 0; r < gpus_.size(); ++r) total += table_.pools[r].cost(gpus_[r]);
  return total;
}

}  // namespace berth::greedy
