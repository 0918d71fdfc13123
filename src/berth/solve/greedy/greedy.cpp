#include "berth/solve/greedy/greedy.h"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <optional>

#include "berth/solve/greedy/attempt.h"
#include "berth/solve/greedy/diagnosis.h"

namespace berth {
namespace {

using greedy::Attempt;
using greedy::Budgeted;
using greedy::GreedyTable;
using greedy::Ranking;
using greedy::Worth;

// Each repair puts the classes that found no room first; more rounds rarely help.
constexpr int kRepairs = 8;

// One order takes about 50 ms here.
constexpr std::size_t kQuickPairs = 100'000;

/// "Demand" of a class is what it costs where it is cheapest: requests of different classes are
/// not comparable, dollars are.
template <class Key>
std::vector<std::uint32_t> descending(std::size_t classes, Key key) {
  std::vector<std::uint32_t> order(classes);
  std::iota(order.begin(), order.end(), 0U);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return key(a) > key(b); });
  return order;
}

class Greedy {
 public:
  Greedy(const Instance& instance, const GreedyOptions& options, const Limits& limits)
      : instance_(instance),
        several_orders_(options.several_orders && options.class_order.empty() &&
                        instance.pair_count() <= kQuickPairs),
        budgeted_(limits),
        table_(instance, options.feasibility_filter),
        ranking_(table_, options, Worth::kCheapest),
        order_(
            descending(table_.class_count(), [this](std::size_t i) { return ranking_.value(i); })) {
    if (!options.class_order.empty()) {
      assert(options.class_order.size() == table_.class_count());
      std::transform(options.class_order.begin(), options.class_order.end(), order_.begin(),
                     [](ClassId id) { return id.value(); });
    }
  }

  SolveResult solve() {
    attempt(order_, {});
    repair();
    try_other_orders();
    spend_limits_where_they_save_most();
    return result();
  }

 private:
  /// Runs once and keeps the result if it is better.
  std::vector<std::uint32_t> attempt(std::span<const std::uint32_t> order,
                                     std::span<const std::uint32_t> first) {
    Attempt attempt(table_, ranking_, order, budgeted_);
    attempt.run(first);
    std::vector<std::uint32_t> uncovered = attempt.uncovered();
    if (!best_ || attempt.standing() < standing_) {
      standing_ = attempt.standing();
      uncovered_ = uncovered;
      best_.emplace(attempt.placement());
    }
    return uncovered;
  }

  /// Small classes first leave no slack that only they could fill; large ones first leave none
  /// that they could have used. Which is better shows only at the end.
  void try_other_orders() {
    if (!several_orders_) return;
    std::vector<std::uint32_t> order = order_;
    std::reverse(order.begin(), order.end());
    if (!budgeted_.reached()) attempt(order, {});
    std::iota(order.begin(), order.end(), 0U);
    if (!budgeted_.reached()) attempt(order, {});
    const bool boxes = std::any_of(table_.pools.begin(), table_.pools.end(),
                                   [](const PoolRental& pool) { return pool.largest_lot() > 1; });
    if (!boxes || budgeted_.reached()) return;
    ranking_.assume_boxes_fill(true);
    attempt(order_, {});
    std::reverse_copy(order_.begin(), order_.end(), order.begin());
    attempt(order, {});
    ranking_.assume_boxes_fill(false);
  }

  /// Classes that found no room go first in the next attempt, the latest to fail foremost.
  void repair() {
    std::vector<std::uint32_t> first;
    std::vector<std::uint32_t> failed = uncovered_;
    for (int round = 0; round < kRepairs && !failed.empty() && !budgeted_.reached(); ++round) {
      std::vector<std::uint32_t> next = failed;
      for (const std::uint32_t i : first) {
        if (std::find(failed.begin(), failed.end(), i) == failed.end()) next.push_back(i);
      }
      if (next == first) break;
      first = std::move(next);
      failed = attempt(order_, first);
    }
  }

  /// Where limits leave demand unmet although serving it would pay, the scarce budget or GPUs are
  /// better spent on the classes that save most per dollar.
  void spend_limits_where_they_save_most() {
    if (!table_.shared_limits || !uncovered_.empty() || budgeted_.reached()) return;
    bool unmet = false;
    for (std::size_t i = 0; i < table_.class_count(); ++i) {
      unmet |= best_->remaining(i) > 0.0 && table_.unmet_cost[i] > ranking_.value(i);
    }
    if (!unmet) return;
    attempt(descending(table_.class_count(),
                       [this](std::size_t i) { return table_.unmet_cost[i] / ranking_.value(i); }),
            {});
  }

  SolveResult result() {
    SolveResult result;
    result.method = "gh";
    Termination& end = result.termination;
    if (uncovered_.empty()) {
      result.solution = best_->solution();
      result.cost = price(instance_, *result.solution);
      assert(result.cost.total().micros() == best_->cost());
      end.reason = TerminationReason::kFeasible;
    } else {
      end.reason = TerminationReason::kInfeasible;
      end.proven = greedy::proves_infeasible(table_, uncovered_);
      end.detail = greedy::diagnose(table_, *best_, uncovered_);
    }
    if (budgeted_.reached() && !end.proven) {
      end.reason = TerminationReason::kLimit;
      end.limit = budgeted_.limit();
    }
    result.solve_seconds = budgeted_.elapsed_seconds();
    return result;
  }

  const Instance& instance_;
  bool several_orders_;
  Budgeted budgeted_;
  GreedyTable table_;
  Ranking ranking_;
  std::vector<std::uint32_t> order_;
  std::optional<greedy::Placement> best_;
  greedy::Standing standing_;
  std::vector<std::uint32_t> uncovered_;
};

}  // namespace

SolveResult solve_greedy(const Instance& instance, const GreedyOptions& options,
                         const Limits& limits) {
  return Greedy(instance, options, limits).solve();
}

}  // namespace berth
