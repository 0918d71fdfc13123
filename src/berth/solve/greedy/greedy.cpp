#include "berth/solve/greedy/greedy.h"

#include <algorithm>
#include <cassert>
#include <limits>
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

// Further attempts read about so many pairs in all: a few hundred milliseconds.
constexpr std::size_t kWork = 400'000;

// Up to here every attempt is polished, not the best alone: under a millisecond each.
constexpr std::size_t kFewPairs = 2'000;

constexpr int kLessons = 8;

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

/// Pools, those first where most worth is served cheapest.
std::vector<std::uint32_t> by_worth(const GreedyTable& table, const Ranking& ranking) {
  std::vector<double> worth(table.pools.size(), 0.0);
  for (std::size_t i = 0; i < table.class_count(); ++i) {
    const greedy::ClassEntry* best = nullptr;
    double least = std::numeric_limits<double>::infinity();
    for (const greedy::ClassEntry& at : table.candidates_of(i)) {
      const double cost = greedy::fractional_cost(table, at.option, table.entries[at.entry]);
      if (cost < least) best = &at;
      least = std::min(least, cost);
    }
    if (best != nullptr) worth[table.pool[best->option]] += ranking.value(i);
  }
  return descending(worth.size(), [&](std::size_t r) { return worth[r]; });
}

class Greedy {
 public:
  Greedy(const Instance& instance, const GreedyOptions& options, const Limits& limits)
      : instance_(instance),
        several_orders_(options.several_orders && options.class_order.empty() &&
                        instance.pair_count() <= kQuickPairs),
        polish_all_(several_orders_ && instance.pair_count() <= kFewPairs),
        attempts_left_(kWork / std::max<std::size_t>(1, instance.pair_count())),
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
    if (several_orders_) {
      try_other_orders();
      try_to_fill_boxes();
      try_other_worths();
    }
    spend_limits_where_they_save_most();
    if (several_orders_) polish();
    return result();
  }

 private:
  /// Runs once and keeps the result if it is better.
  std::vector<std::uint32_t> attempt(std::span<const std::uint32_t> order,
                                     std::span<const std::uint32_t> first) {
    Attempt attempt(table_, ranking_, order, budgeted_);
    attempt.construct(first);
    return clean_up_and_keep(attempt);
  }

  std::vector<std::uint32_t> clean_up_and_keep(Attempt& attempt) {
    attempt.shed();
    if (polish_all_) attempt.polish(false);
    return keep(attempt);
  }

  std::vector<std::uint32_t> keep(const Attempt& attempt) {
    std::vector<std::uint32_t> uncovered = attempt.uncovered();
    if (!best_ || attempt.standing() < standing_) {
      standing_ = attempt.standing();
      uncovered_ = uncovered;
      best_.emplace(attempt.placement());
    }
    return uncovered;
  }

  bool another_attempt() {
    if (attempts_left_ == 0 || budgeted_.reached()) return false;
    --attempts_left_;
    return true;
  }

  /// Small classes first leave no slack that only they could fill; large ones first leave none
  /// that they could have used. Which is better shows only at the end.
  void try_other_orders() {
    std::vector<std::uint32_t> order = order_;
    std::reverse(order.begin(), order.end());
    if (another_attempt()) attempt(order, {});
    std::iota(order.begin(), order.end(), 0U);
    if (another_attempt()) attempt(order, {});
  }

  /// Whoever needs the first GPU of a box would pay all of it, so boxes that serve many classes
  /// well are never begun. Here their GPUs cost a part of a box: in all pools, then in one each.
  void try_to_fill_boxes() {
    if (!table_.boxes) return;
    const auto assume = [this](bool on) {
      for (std::size_t r = 0; r < table_.pools.size(); ++r) ranking_.assume_boxes_fill(r, on);
    };
    const auto attempt_and_stop_assuming = [&](std::span<const std::uint32_t> order) {
      Attempt attempt(table_, ranking_, order, budgeted_);
      attempt.construct({});
      attempt.shed();
      assume(false);
      clean_up_and_keep(attempt);
    };
    std::vector<std::uint32_t> rising(order_.rbegin(), order_.rend());
    for (const auto* order : {&order_, &rising}) {
      if (!another_attempt()) return;
      assume(true);
      attempt_and_stop_assuming(*order);
    }
    for (const std::uint32_t r : by_worth(table_, ranking_)) {
      if (table_.pools[r].largest_lot() <= 1 || !another_attempt()) continue;
      ranking_.assume_boxes_fill(r, true);
      attempt_and_stop_assuming(order_);
    }
  }

  /// A class that could be served cheaply alone may be dear in company, or the other way round.
  /// What a plan charges the classes tells, and the next attempt ranks by that.
  void try_other_worths() {
    Ranking learned = ranking_;
    std::vector<double> paid = best_->paid(ranking_.values());
    for (int n = 0; n < kLessons && another_attempt(); ++n) {
      learned.learn(paid);
      std::vector<std::uint32_t> order = order_;
      if (n % 2 == 0) {
        order = descending(order.size(), [&](std::size_t i) { return -learned.value(i); });
      }
      Attempt attempt(table_, learned, order, budgeted_);
      attempt.construct({});
      clean_up_and_keep(attempt);
      paid = attempt.placement().paid(learned.values());
    }
  }

  void polish() {
    if (budgeted_.reached()) return;
    Attempt attempt(table_, ranking_, order_, budgeted_, *best_);
    attempt.polish(true);
    keep(attempt);
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
  bool polish_all_;
  std::size_t attempts_left_;
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
