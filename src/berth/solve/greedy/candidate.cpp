#include "berth/solve/greedy/candidate.h"

#include <algorithm>
#include <cassert>
#include <limits>

namespace berth::greedy {
namespace {

// A class without a price still has to be ranked: a thousandth of a micro-dollar.
constexpr double kLeastValue = 1e-3;

// How far learn() moves a worth. Plans of few classes differ too much for larger steps.
constexpr double kLearningRate = 0.3;

}  // namespace

double fractional_cost(const GreedyTable& table, std::size_t d, const Entry& entry) {
  return entry.load * table.units[d] * table.pools[table.pool[d]].cheapest_per_gpu() + entry.cost;
}

Ranking::Ranking(GreedyTable& table, const GreedyOptions& options, Worth worth)
    : table_(table),
      options_(options),
      boxes_fill_(table.pools.size(), 0),
      avoided_(table.option_count(), 0),
      value_(table.class_count(), std::numeric_limits<double>::infinity()),
      least_score_(table.option_count(), std::numeric_limits<double>::infinity()),
      order_(table.entries.size()),
      ordered_(table.option_count(), 0),
      running_(table.pools.size()) {
  for (std::size_t i = 0; i < value_.size(); ++i) {
    if (worth == Worth::kUnmetCost) {
      value_[i] = table.unmet_cost[i];
    } else {
      for (const ClassEntry& at : table.candidates_of(i)) {
        value_[i] = std::min(value_[i], fractional_cost(table, at.option, table.entries[at.entry]));
      }
    }
    value_[i] = std::max(value_[i], kLeastValue);
  }
  find_least_scores();
}

void Ranking::find_least_scores() {
  for (std::size_t d = 0; d < table_.option_count(); ++d) {
    least_score_[d] = std::numeric_limits<double>::infinity();
    for (const Entry& entry : table_.entries_of(d)) {
      least_score_[d] =
          std::min(least_score_[d], fractional_cost(table_, d, entry) / value_[entry.query_class]);
    }
  }
}

void Ranking::learn(std::span<const double> paid) {
  for (std::size_t i = 0; i < value_.size(); ++i) {
    value_[i] = std::max(kLeastValue, value_[i] + kLearningRate * (paid[i] - value_[i]));
  }
  std::fill(ordered_.begin(), ordered_.end(), std::uint8_t{0});
  find_least_scores();
}

double Ranking::rent(std::size_t r, std::int64_t gpus, std::int64_t change) const {
  if (boxes_fill_[r] == 0) return static_cast<double>(change);
  return static_cast<double>(gpus) * table_.pools[r].cheapest_per_gpu();
}

std::span<const std::uint32_t> Ranking::filling_order(std::size_t d) {
  const auto begin = order_.begin() + table_.first[d];
  const auto end = order_.begin() + table_.first[d + 1];
  if (ordered_[d] == 0) {
    ordered_[d] = 1;
    for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) order_[e] = e;
    std::stable_sort(begin, end, [this](std::uint32_t a, std::uint32_t b) {
      const Entry& left = table_.entries[a];
      const Entry& right = table_.entries[b];
      return value_[left.query_class] * right.load > value_[right.query_class] * left.load;
    });
  }
  return {begin, end};
}

Ranking::Gain Ranking::fill(const Placement& placement, std::size_t d, std::size_t skip,
                            double room) {
  Gain gain;
  if (room <= kPackedLoad) return gain;
  for (const std::uint32_t e : filling_order(d)) {
    const Entry& entry = table_.entries[e];
    const std::size_t j = entry.query_class;
    const double left = placement.remaining(j);
    if (left <= 0.0 || j == skip || entry.cost > value_[j]) continue;
    const double share = std::min({left, room / entry.load, placement.average_room(entry)});
    gain.value += value_[j] * share;
    gain.cost += entry.cost * share;
    room -= entry.load * share;
    if (room <= kPackedLoad) break;
  }
  return gain;
}

void Ranking::improve(Candidate& best, const Candidate& candidate) const {
  if (!candidate.valid()) return;
  if (!best.valid() || candidate.score < best.score ||
      (candidate.score == best.score && candidate.value > best.value)) {
    best = candidate;
  }
}

double Ranking::score(std::size_t d, double cost, double value) const {
  if (options_.coverage_ranking) return cost / value;
  // Without M2: the price of one replica, whatever it covers.
  return table_.units[d] * table_.pools[table_.pool[d]].cheapest_per_gpu() +
         static_cast<double>(table_.fixed[d]);
}

double Ranking::switching(const Placement& placement, std::size_t d, std::int64_t added) const {
  const std::int64_t before = placement.replicas(d);
  return static_cast<double>(table_.switching.change(d, before, before + added));
}

void Ranking::consider_replicas(Candidate& best, const Placement& placement, const ClassEntry& at,
                                double share, std::int64_t added) {
  const std::size_t d = at.option;
  const Entry& entry = table_.entries[at.entry];
  double cost = entry.cost * share;
  double value = value_[entry.query_class] * share;
  if (added > 0) {
    const std::size_t r = table_.pool[d];
    const std::int64_t gpus = added * table_.units[d];
    const std::int64_t change = placement.rental_change(r, gpus);
    double added_rent = rent(r, gpus, change);
    if (change == Placement::kNeverFits) {
      if (options_.feasibility_filter) return;
      added_rent = static_cast<double>(gpus) * table_.pools[r].cheapest_per_gpu();
    }
    const double room = placement.slack(d) + static_cast<double>(added) - entry.load * share;
    const Gain gain = fill(placement, d, entry.query_class, room);
    cost += added_rent + gain.cost;
    if (placement.replicas(d) == 0) cost += static_cast<double>(table_.fixed[d]);
    cost += switching(placement, d, added);
    value += gain.value;
  }
  improve(best, {score(d, cost, value), value, share, at.option, at.entry,
                 static_cast<std::int32_t>(added), -1});
}

std::int64_t Ranking::replicas_that_fit(const Placement& placement, std::size_t d,
                                        std::int64_t wanted) const {
  if (!options_.feasibility_filter) return wanted;
  const std::size_t r = table_.pool[d];
  const std::int64_t units = table_.units[d];
  std::int64_t most =
      std::min<std::int64_t>({wanted, table_.max_replicas[d] - placement.replicas(d),
                              (table_.pools[r].obtainable() - placement.gpus(r)) / units});
  if (most <= 0 || placement.rental_change(r, most * units) != Placement::kNeverFits) return most;
  // The budget allows fewer: 0 fit, `most` do not.
  std::int64_t fits = 0;
  while (fits + 1 < most) {
    const std::int64_t middle = (fits + most) / 2;
    const bool ok = placement.rental_change(r, middle * units) != Placement::kNeverFits;
    (ok ? fits : most) = middle;
  }
  return fits;
}

std::int64_t Ranking::replicas_for_the_same_rent(const Placement& placement, std::size_t d,
                                                 std::int64_t added) const {
  PoolRental& pool = table_.pools[table_.pool[d]];
  const std::int64_t units = table_.units[d];
  if (pool.largest_lot() <= units || added <= 0 || !options_.feasibility_filter) return added;
  const std::int64_t used = placement.gpus(table_.pool[d]);
  const std::int64_t rent = pool.cost(used + added * units);
  const std::int64_t most = std::min<std::int64_t>({table_.max_replicas[d] - placement.replicas(d),
                                                    (pool.obtainable() - used) / units,
                                                    added + pool.largest_lot() / units});
  while (added < most && pool.cost(used + (added + 1) * units) == rent) ++added;
  return added;
}

void Ranking::consider_opening(Candidate& best, const Placement& placement, const ClassEntry& at,
                               double share) {
  const std::size_t d = at.option;
  const double load = table_.entries[at.entry].load;
  const double slack = placement.slack(d);
  const double extra = load * share - slack;
  if (extra <= kPackedLoad && placement.replicas(d) > 0) {
    consider_replicas(best, placement, at, share, 0);
    return;
  }
  if (slack > kPackedLoad) consider_replicas(best, placement, at, slack / load, 0);
  const std::int64_t most =
      replicas_that_fit(placement, d, std::max<std::int64_t>(1, replicas_for(extra)));
  for (std::int64_t added = most; added > 0 && added + 1 >= most; --added) {
    const double served = std::min(share, (slack + static_cast<double>(added)) / load);
    consider_replicas(best, placement, at, served, added);
  }
  // The box that these replicas need may hold more for the same rent.
  const std::int64_t full = replicas_for_the_same_rent(placement, d, most);
  if (full > most) consider_replicas(best, placement, at, share, full);
}

void Ranking::consider_reshape(Candidate& best, const Placement& placement, const ClassEntry& at,
                               std::size_t from, double share) {
  const std::size_t d = at.option;
  const Entry& focus = table_.entries[at.entry];
  const std::span<const Entry> target = table_.entries_of(d);
  std::size_t next = 0;
  double load = placement.load(d) + focus.load * share;
  double cost = focus.cost * share;
  for (std::uint32_t e = table_.first[from]; e < table_.first[from + 1]; ++e) {
    const double moved = placement.share(e);
    if (moved <= 0.0) continue;
    const Entry& entry = table_.entries[e];
    while (next < target.size() && target[next].query_class < entry.query_class) ++next;
    if (next == target.size() || target[next].query_class != entry.query_class) return;
    if (!placement.average_holds(entry, target[next], moved)) return;
    // The class itself may not use the same room twice.
    if (entry.query_class == focus.query_class && table_.averages) return;
    load += target[next].load * moved;
    cost += (target[next].cost - entry.cost) * moved;
  }
  const std::int64_t wanted = std::max<std::int64_t>(1, replicas_for(load));
  const std::int64_t added = std::max<std::int64_t>(0, wanted - placement.replicas(d));
  if (placement.replicas(d) + added > table_.max_replicas[d]) return;
  const std::int64_t gpus =
      added * table_.units[d] - std::int64_t{placement.replicas(from)} * table_.units[from];
  const std::int64_t change = placement.rental_change(table_.pool[d], gpus);
  if (change == Placement::kNeverFits) return;
  const Gain gain = fill(placement, d, focus.query_class,
                         static_cast<double>(placement.replicas(d) + added) - load);
  cost += rent(table_.pool[d], gpus, change) + gain.cost - static_cast<double>(table_.fixed[from]);
  if (placement.replicas(d) == 0) cost += static_cast<double>(table_.fixed[d]);
  cost += switching(placement, d, added) + switching(placement, from, -placement.replicas(from));
  const double value = value_[focus.query_class] * share + gain.value;
  // Without M2, scaling competes with opening a second deployment on added cost alone.
  if (!options_.coverage_ranking && cost >= score(d, cost, value)) return;
  improve(best, {score(d, cost, value), value, share, at.option, at.entry,
                 static_cast<std::int32_t>(added), static_cast<std::int32_t>(from)});
}

bool Ranking::hopeless(const Candidate& best, const Placement& placement, std::size_t d) const {
  // Where nothing is rented yet nothing is free, and every GPU costs its pool's least price or
  // more.
  return options_.coverage_ranking && best.valid() && least_score_[d] > best.score &&
         placement.gpus(table_.pool[d]) == 0;
}

Candidate Ranking::best(const Placement& placement, std::size_t i, double wanted) {
  Candidate best;
  if (options_.parallelism_scaling) {
    for (auto& list : running_) list.clear();
    for (const std::uint32_t d : placement.active()) running_[table_.pool[d]].push_back(d);
  }
  for (const ClassEntry& at : table_.candidates_of(i)) {
    const std::size_t d = at.option;
    if (avoided_[d] != 0) continue;
    double share = wanted;
    std::int32_t rival = -1;
    if (options_.feasibility_filter) {
      share = std::min(share, placement.average_room(table_.entries[at.entry]));
      rival = placement.rival(d);
    }
    if (share < tolerance::kShare) continue;
    if (rival < 0 && !hopeless(best, placement, d)) consider_opening(best, placement, at, share);
    // Two options of one group cannot run together, but one can become the other.
    for (const std::uint32_t from : running_[table_.pool[d]]) {
      if (from == d || (rival >= 0 && static_cast<std::int32_t>(from) != rival)) continue;
      consider_reshape(best, placement, at, from, share);
    }
  }
  return best;
}

bool Ranking::fits(const Placement& placement, const Candidate& candidate) const {
  const std::size_t d = candidate.option;
  const std::size_t r = table_.pool[d];
  const std::int32_t rival = placement.rival(d);
  std::int64_t gpus = std::int64_t{candidate.added} * table_.units[d];
  if (candidate.from >= 0) {
    const auto from = static_cast<std::size_t>(candidate.from);
    gpus -= std::int64_t{placement.replicas(from)} * table_.units[from];
  }
  return (rival < 0 || rival == candidate.from) &&
         placement.replicas(d) + candidate.added <= table_.max_replicas[d] &&
         placement.rental_change(r, gpus) != Placement::kNeverFits &&
         placement.average_room(table_.entries[candidate.entry]) >= candidate.share;
}

void Ranking::move_all(Placement& placement, std::size_t from, std::size_t to) const {
  std::uint32_t target = table_.first[to];
  for (std::uint32_t e = table_.first[from]; e < table_.first[from + 1]; ++e) {
    const double moved = placement.share(e);
    if (moved <= 0.0) continue;
    while (table_.entries[target].query_class < table_.entries[e].query_class) ++target;
    placement.set_share(e, from, 0.0);
    placement.set_share(target, to, placement.share(target) + moved);
  }
  placement.set_replicas(from, 0);
}

bool Ranking::apply(Placement& placement, const Candidate& candidate) {
  if (!fits(placement, candidate)) return false;
  const std::size_t d = candidate.option;
  const std::size_t i = table_.entries[candidate.entry].query_class;
  if (candidate.from >= 0) move_all(placement, static_cast<std::size_t>(candidate.from), d);
  placement.set_replicas(d, placement.replicas(d) + candidate.added);
  placement.set_share(candidate.entry, d, placement.share(candidate.entry) + candidate.share);
  if (candidate.added > 0 || candidate.from >= 0) {
    // The same demand as in fill(): what made the candidate the best.
    for (const std::uint32_t e : filling_order(d)) {
      const Entry& entry = table_.entries[e];
      const std::size_t j = entry.query_class;
      const double room = placement.slack(d);
      if (room <= kPackedLoad) break;
      const double left = placement.remaining(j);
      if (left <= 0.0 || j == i || entry.cost > value_[j]) continue;
      const double share = std::min({left, room / entry.load, placement.average_room(entry)});
      if (share >= tolerance::kShare) placement.set_share(e, d, placement.share(e) + share);
    }
  }
  placement.trim(d);
  return true;
}

}  // namespace berth::greedy
