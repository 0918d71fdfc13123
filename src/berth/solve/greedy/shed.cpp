// The clean-ups after the two phases: what later placements made superfluous is released.

#include <algorithm>
#include <array>
#include <utility>

#include "berth/solve/greedy/attempt.h"

namespace berth::greedy {
namespace {

// Mergers tried before none is found to pay.
constexpr std::size_t kMergers = 16;

// Pairs of so many options: 120.
constexpr std::size_t kFewRunning = 16;

// Where demand may stay unmet, sweeps can go on to save a micro-dollar each. Less than this part of
// the cost is not worth another one.
constexpr double kWorthwhile = 1e-4;

}  // namespace

void Attempt::take_away(std::size_t d) {
  for (std::uint32_t e = table_.first[d]; e < table_.first[d + 1]; ++e) {
    if (placement_.share(e) > 0.0) placement_.set_share(e, d, 0.0);
  }
  placement_.set_replicas(d, 0);
}

/// An option of below-average error or delay pays for the shares of others.
bool Attempt::averages_hold() const {
  if (!table_.averages) return true;
  for (std::size_t i = 0; i < table_.class_count(); ++i) {
    if (!placement_.averages_hold(i)) return false;
  }
  return true;
}

bool Attempt::settle(std::size_t mark, const Standing& before) {
  for (const std::uint32_t i : order_) {
    serve(i);
    // Money spent does not come back: once dearer than before, the trial has failed.
    if (missing(i) > before.missing + tolerance::kShare) break;
  }
  if (!budgeted_.reached() && averages_hold() && standing() < before) return true;
  placement_.rollback(mark);
  return false;
}

/// Takes the options away and places their demand anew; undone unless that is better.
void Attempt::place_anew(std::span<const std::uint32_t> options) {
  const std::size_t mark = placement_.mark();
  const Standing before = standing();
  for (const std::uint32_t d : options) take_away(d);
  settle(mark, before);
}

/// One sweep over the running options, least used first. Each accepted step lowers the exact cost.
void Attempt::shed() {
  std::vector<std::uint32_t> options(placement_.active().begin(), placement_.active().end());
  std::stable_sort(options.begin(), options.end(), [this](std::uint32_t a, std::uint32_t b) {
    return std::pair(placement_.load(a) * placement_.replicas(b), a) <
           std::pair(placement_.load(b) * placement_.replicas(a), b);
  });
  for (const std::uint32_t d : options) {
    if (budgeted_.reached()) return;
    if (placement_.replicas(d) > 0) place_anew(std::array{d});
  }
}

/// Two options may be needless together where each is needed without the other. Neither may come
/// back, or the ranking would choose them again.
void Attempt::shed_pairs() {
  std::vector<std::uint32_t> options(placement_.active().begin(), placement_.active().end());
  if (options.size() > kFewRunning) return;
  std::sort(options.begin(), options.end());
  for (std::size_t a = 0; a < options.size(); ++a) {
    for (std::size_t b = a + 1; b < options.size() && !budgeted_.reached(); ++b) {
      const std::array pair{options[a], options[b]};
      if (placement_.replicas(pair[0]) == 0 || placement_.replicas(pair[1]) == 0) continue;
      for (const std::uint32_t d : pair) ranking_.avoid(d, true);
      place_anew(pair);
      for (const std::uint32_t d : pair) ranking_.avoid(d, false);
    }
  }
}

/// What the merger's option cannot serve is placed by the ranking. Undone unless that is better.
bool Attempt::carry_out(const Merger& merger) {
  const std::size_t d = merger.option;
  const std::size_t mark = placement_.mark();
  const Standing before = standing();
  std::vector<std::pair<std::uint32_t, double>> moved;
  double load = placement_.load(d);
  for (const std::uint32_t f : merger.from) {
    std::uint32_t at = table_.first[d];
    const std::uint32_t end = table_.first[d + 1];
    for (std::uint32_t e = table_.first[f]; e < table_.first[f + 1]; ++e) {
      if (placement_.share(e) <= 0.0) continue;
      const std::uint32_t query_class = table_.entries[e].query_class;
      while (at < end && table_.entries[at].query_class < query_class) ++at;
      if (at == end || table_.entries[at].query_class != query_class) continue;
      moved.emplace_back(at, placement_.share(e));
      load += table_.entries[at].load * placement_.share(e);
    }
    take_away(f);
  }
  const auto replicas = std::max<std::int64_t>({1, placement_.replicas(d), replicas_for(load)});
  const std::int64_t gpus = (replicas - placement_.replicas(d)) * table_.units[d];
  if (placement_.rival(d) >= 0 || replicas > table_.max_replicas[d] ||
      placement_.rental_change(table_.pool[d], gpus) == Placement::kNeverFits) {
    placement_.rollback(mark);
    return false;
  }
  placement_.set_replicas(d, static_cast<std::int32_t>(replicas));
  for (const auto& [e, share] : moved) placement_.set_share(e, d, placement_.share(e) + share);
  return settle(mark, before);
}

bool Attempt::gained_since(const Standing& before) const {
  Standing enough = before;
  enough.cost -= static_cast<std::int64_t>(kWorthwhile * static_cast<double>(before.cost));
  return standing() < enough;
}

/// The best merger that pays, again and again.
void Attempt::merge() {
  const GreedyOptions& options = ranking_.options();
  if (!options.parallelism_scaling || !options.coverage_ranking) return;
  for (bool found = true; found;) {
    found = false;
    const Standing before = standing();
    for (const Merger& merger : Consolidation(table_, ranking_, placement_).best(kMergers)) {
      if (!budgeted_.step()) return;
      found = carry_out(merger) && gained_since(before);
      if (found) break;
    }
  }
}

void Attempt::polish(bool pairs) {
  for (bool better = true; better && !budgeted_.reached();) {
    const Standing before = standing();
    merge();
    shed();
    if (pairs && !gained_since(before)) shed_pairs();
    better = gained_since(before);
  }
}

}  // namespace berth::greedy
