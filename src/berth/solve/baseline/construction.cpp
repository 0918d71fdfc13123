#include "berth/solve/baseline/construction.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "berth/solve/greedy/diagnosis.h"
#include "berth/solve/milp/repair.h"

namespace berth::baseline {
namespace {

using greedy::Entry;
using greedy::Placement;
using greedy::Worth;

/// As many as GH has.
constexpr int kRepairs = 8;

/// Below this nothing is left of a class.
constexpr double kNothingLeft = tolerance::kShare * 0.5;

}  // namespace

Construction::Construction(std::string_view method, const Instance& instance, const Limits& limits)
    : method_(method),
      instance_(instance),
      budgeted_(limits),
      table_(instance, true),
      ranking_(table_, GreedyOptions{}, Worth::kCheapest) {}

SolveResult Construction::nothing(Termination termination) const {
  SolveResult result;
  result.method = method_;
  result.termination = std::move(termination);
  result.solve_seconds = elapsed_seconds();
  return result;
}

std::optional<SolveResult> Construction::refusal() {
  const Placement none(table_);
  std::vector<std::uint32_t> hopeless;
  for (std::uint32_t i = 0; i < table_.class_count(); ++i) {
    if (missing(none, i) > 0.0 && table_.candidates_of(i).empty()) hopeless.push_back(i);
  }
  if (hopeless.empty()) return std::nullopt;
  return nothing({TerminationReason::kInfeasible, true, {}, diagnose(table_, none, hopeless)});
}

double Construction::missing(const Placement& placement, std::size_t i) const {
  const double above = placement.remaining(i) - instance_.columns().classes.max_unmet[i];
  return above > kNothingLeft ? above : 0.0;
}

void Construction::open(Placement& placement, std::size_t d, std::int64_t wanted) {
  if (table_.blocker[d] != greedy::Blocker::kNone || placement.rival(d) >= 0) return;
  const std::int64_t added = ranking_.replicas_that_fit(placement, d, wanted);
  if (added <= 0) return;
  placement.set_replicas(d, static_cast<std::int32_t>(placement.replicas(d) + added));
}

double Construction::place(Placement& placement, std::size_t e, std::size_t d, double wanted,
                           Opening opening) {
  const Entry& entry = table_.entries[e];
  const double share =
      std::min({wanted, placement.remaining(entry.query_class), placement.average_room(entry)});
  if (share < tolerance::kShare) return 0.0;
  if (opening == Opening::kAllowed) {
    const std::int64_t least = placement.replicas(d) == 0 ? 1 : 0;
    open(placement, d,
         std::max(least, greedy::replicas_for(entry.load * share - placement.slack(d))));
  }
  if (placement.replicas(d) == 0) return 0.0;
  const double placed = std::min(share, std::max(0.0, placement.slack(d)) / entry.load);
  if (placed < tolerance::kShare) {
    if (opening == Opening::kAllowed) placement.trim(d);
    return 0.0;
  }
  placement.set_share(e, d, placement.share(e) + placed);
  return placed;
}

bool Construction::worthwhile(Placement& placement, std::size_t i,
                              const std::function<void(double wanted)>& step) {
  const double all = placement.remaining(i);
  const double required = missing(placement, i);
  const std::int64_t before = placement.cost();
  const std::size_t mark = placement.mark();
  step(all);
  if (placement.cost() > before && required < all) {
    placement.rollback(mark);
    if (required > 0.0) step(required);
  }
  return placement.remaining(i) < all;
}

Construction::Round Construction::run(std::span<const std::uint32_t> order, const Begin& begin,
                                      const Serve& serve) {
  Placement placement(table_);
  begin(placement);
  for (const std::uint32_t i : order) {
    if (placement.remaining(i) <= kNothingLeft || !budgeted_.step()) continue;
    worthwhile(placement, i, [&](double wanted) { serve(placement, i, wanted); });
  }
  // What found no room where the method wanted it.
  for (const std::uint32_t i : order) {
    bool placed = true;
    while (placed && placement.remaining(i) > kNothingLeft && budgeted_.step()) {
      placed = worthwhile(placement, i, [&](double wanted) {
        const greedy::Candidate candidate = ranking_.best(placement, i, wanted);
        if (candidate.valid()) ranking_.apply(placement, candidate);
      });
    }
  }
  const std::vector<std::uint32_t> open(placement.active().begin(), placement.active().end());
  for (const std::uint32_t d : open) placement.trim(d);
  greedy::Standing standing{0.0, placement.cost()};
  std::vector<std::uint32_t> failed;
  for (const std::uint32_t i : order) {
    standing.missing += missing(placement, i);
    if (missing(placement, i) > 0.0) failed.push_back(i);
  }
  return {std::move(placement), standing, std::move(failed)};
}

SolveResult Construction::build(const Begin& begin, const Serve& serve) {
  std::vector<std::uint32_t> order(table_.class_count());
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(), [this](std::uint32_t a, std::uint32_t b) {
    return ranking_.value(a) > ranking_.value(b);
  });
  std::optional<Round> best;
  for (int round = 0; round <= kRepairs; ++round) {
    Round next = run(order, begin, serve);
    std::vector<std::uint32_t> reordered = next.failed;
    if (!best || next.standing < best->standing) best.emplace(std::move(next));
    if (reordered.empty() || budgeted_.reached()) break;
    std::vector<std::uint8_t> failed(order.size(), 0);
    for (const std::uint32_t i : reordered) failed[i] = 1;
    std::copy_if(order.begin(), order.end(), std::back_inserter(reordered),
                 [&](std::uint32_t i) { return failed[i] == 0; });
    if (reordered == order) break;
    order = std::move(reordered);
  }
  return conclude(*best);
}

SolveResult Construction::conclude(const Round& best) const {
  SolveResult result = nothing({});
  Termination& end = result.termination;
  if (best.failed.empty()) {
    result.solution = best.placement.solution();
    result.cost = price(instance_, *result.solution);
    end.reason = TerminationReason::kFeasible;
    if (!budgeted_.reached()) {
      std::optional<Solution> routed = milp::best_routed(instance_, result.solution->replicas);
      if (routed && price(instance_, *routed).total() < result.cost.total()) {
        result.cost = price(instance_, *routed);
        result.solution = std::move(routed);
      }
    }
  } else {
    end.reason = TerminationReason::kInfeasible;
    end.detail = diagnose(table_, best.placement, best.failed);
  }
  if (budgeted_.reached()) {
    end.reason = TerminationReason::kLimit;
    end.limit = budgeted_.limit();
  }
  result.solve_seconds = elapsed_seconds();
  return result;
}

}  // namespace berth::baseline
