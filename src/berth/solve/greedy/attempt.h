#pragma once
// One run of GH's two phases over one order of the classes, and the clean-ups after it.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/core/limits.h"
#include "berth/solve/greedy/candidate.h"
#include "berth/solve/greedy/consolidation.h"
#include "berth/solve/greedy/placement.h"

namespace berth::greedy {

/// Counts placement steps against the caller's limits.
class Budgeted {
 public:
  explicit Budgeted(const Limits& limits) : limits_(limits), deadline_(limits) {}
  /// False once a limit is reached; it stays reached.
  [[nodiscard]] bool step();
  [[nodiscard]] bool reached() const { return limit_ != nullptr; }
  /// "time", "iterations" or "stop". REQUIRES: reached().
  [[nodiscard]] const char* limit() const { return limit_; }
  [[nodiscard]] double elapsed_seconds() const { return deadline_.elapsed_seconds(); }

 private:
  Limits limits_;
  Deadline deadline_;
  std::int64_t steps_ = 0;
  const char* limit_ = nullptr;
};

/// How good a placement is: demand that must be served and is not, then cost.
struct Standing {
  double missing = 0.0;  ///< classes' shares above max_unmet, summed
  std::int64_t cost = 0;
  friend bool operator<(const Standing& a, const Standing& b) {
    const double noise = tolerance::kShare;
    if (a.missing < b.missing - noise || b.missing < a.missing - noise) {
      return a.missing < b.missing;
    }
    return a.cost < b.cost;
  }
};

class Attempt {
 public:
  /// REQUIRES: everything outlives the attempt; `order` is a permutation of the classes.
  Attempt(GreedyTable& table, Ranking& ranking, std::span<const std::uint32_t> order,
          Budgeted& budgeted);
  /// Goes on from a plan.
  Attempt(GreedyTable& table, Ranking& ranking, std::span<const std::uint32_t> order,
          Budgeted& budgeted, const Placement& start);

  /// Phase 1 with `first` before all others, and phase 2.
  void construct(std::span<const std::uint32_t> first);

  /// One sweep over the running options; the plan becomes no dearer.
  void shed();

  /// Mergers and sweeps until they save too little to go on; with `pairs`, sweeps over pairs of
  /// options too where few are running.
  void polish(bool pairs);

  [[nodiscard]] const Placement& placement() const { return placement_; }
  [[nodiscard]] Standing standing() const;
  /// Classes that lack demand they must have, in phase 2's order.
  [[nodiscard]] std::vector<std::uint32_t> uncovered() const;

 private:
  [[nodiscard]] double missing(std::size_t i) const;
  void cover(std::span<const std::uint32_t> first);
  bool serve_required(std::size_t i);
  void serve(std::size_t i);
  void shed_pairs();
  void merge();
  bool carry_out(const Merger& merger);
  void place_anew(std::span<const std::uint32_t> options);
  void take_away(std::size_t d);
  [[nodiscard]] bool gained_since(const Standing& before) const;
  /// Places what lacks a place; false (rolled back) if that does not make the plan better.
  bool settle(std::size_t mark, const Standing& before);
  [[nodiscard]] bool averages_hold() const;
  bool apply(const Candidate& candidate);

  GreedyTable& table_;
  Ranking& ranking_;
  std::span<const std::uint32_t> order_;
  Budgeted& budgeted_;
  Placement placement_;
};

}  // namespace berth::greedy
