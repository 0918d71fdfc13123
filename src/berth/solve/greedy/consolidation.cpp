#include "berth/solve/greedy/consolidation.h"

#include <algorithm>

namespace berth::greedy {
namespace {

// Estimates are rough: what seems to make the plan dearer by so much may still save.
constexpr double kEstimateNoise = 0.02;

}  // namespace

Consolidation::Consolidation(GreedyTable& table, const Ranking& ranking, const Placement& placement)
    : table_(table),
      ranking_(ranking),
      placement_(placement),
      routes_(table.class_count()),
      worth_(placement.active().size(), 0.0),
      all_(placement.active().size()),
      freed_(table.pools.size(), 0) {
  const auto running = placement.active();
  for (std::uint32_t k = 0; k < running.size(); ++k) {
    const std::size_t f = running[k];
    for (std::uint32_t e = table.first[f]; e < table.first[f + 1]; ++e) {
      const double share = placement.share(e);
      if (share <= 0.0) continue;
      const Entry& entry = table.entries[e];
      routes_[entry.query_class].push_back({k, share, entry.cost * share});
      worth_[k] += ranking.value(entry.query_class) * share;
    }
  }
}

void Consolidation::collect_parts(std::size_t d) {
  std::fill(all_.begin(), all_.end(), Part{});
  for (const Entry& entry : table_.entries_of(d)) {
    const double worth = ranking_.value(entry.query_class);
    for (const Route& route : routes_[entry.query_class]) {
      Part& part = all_[route.running];
      part.load += entry.load * route.share;
      part.extra += (entry.cost - worth) * route.share - route.cost;
    }
  }
  parts_.clear();
  for (std::size_t k = 0; k < all_.size(); ++k) {
    Part& part = all_[k];
    part.from = placement_.active()[k];
    if (part.load <= 0.0 || part.from == d) continue;
    part.extra += worth_[k];
    part.saving = placement_.fractional_rent(part.from) - part.extra;
    parts_.push_back(part);
  }
  std::sort(parts_.begin(), parts_.end(), [](const Part& a, const Part& b) {
    const double left = a.saving * b.load;
    const double right = b.saving * a.load;
    return left != right ? left > right : a.from < b.from;
  });
}

/// Takes over one running option after the other; the best number of them counts.
Merger Consolidation::best_of(std::size_t d) {
  collect_parts(d);
  Merger best{
      -kEstimateNoise * static_cast<double>(placement_.cost()), static_cast<std::uint32_t>(d), {}};
  const std::size_t r = table_.pool[d];
  double load = placement_.load(d);
  double saved = placement_.replicas(d) > 0 ? 0.0 : -static_cast<double>(table_.fixed[d]);
  std::size_t length = 0;
  for (std::size_t n = 0; n < parts_.size(); ++n) {
    const std::size_t f = parts_[n].from;
    const std::size_t q = table_.pool[f];
    load += parts_[n].load;
    const std::int64_t replicas = std::max<std::int64_t>(1, replicas_for(load));
    if (replicas > table_.max_replicas[d]) break;
    const std::int64_t before = placement_.gpus(q) - freed_[q];
    freed_[q] += std::int64_t{placement_.replicas(f)} * table_.units[f];
    const std::int64_t after = placement_.gpus(q) - freed_[q];
    PoolRental& left = table_.pools[q];
    if (q != r) saved += static_cast<double>(left.cost(before) - left.cost(after));
    saved += static_cast<double>(table_.fixed[f]) - parts_[n].extra;
    const std::int64_t opened = std::max<std::int64_t>(0, replicas - placement_.replicas(d));
    const std::int64_t wanted = placement_.gpus(r) - freed_[r] + opened * table_.units[d];
    PoolRental& pool = table_.pools[r];
    if (wanted > pool.obtainable()) continue;
    const double saving =
        saved - static_cast<double>(pool.cost(wanted) - pool.cost(placement_.gpus(r)));
    if (saving > best.saving) {
      best.saving = saving;
      length = n + 1;
    }
  }
  for (const Part& part : parts_) freed_[table_.pool[part.from]] = 0;
  for (std::size_t n = 0; n < length; ++n) best.from.push_back(parts_[n].from);
  return best;
}

std::vector<Merger> Consolidation::best(std::size_t most) {
  std::vector<Merger> result;
  for (std::size_t d = 0; d < table_.option_count(); ++d) {
    if (table_.blocker[d] != Blocker::kNone) continue;
    Merger merger = best_of(d);
    if (!merger.from.empty()) result.push_back(std::move(merger));
  }
  std::stable_sort(result.begin(), result.end(),
                   [](const Merger& a, const Merger& b) { return a.saving > b.saving; });
  if (result.size() > most) result.resize(most);
  return result;
}

}  // namespace berth::greedy
