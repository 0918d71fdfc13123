#pragma once
// M2 and M3: what a class could do next, and what each way costs per demand it newly covers.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/greedy/greedy.h"
#include "berth/solve/greedy/placement.h"
#include "berth/solve/greedy/table.h"

namespace berth::greedy {

/// How demand of different classes is made comparable: value of serving one class wholly,
/// micro-dollars per hour.
enum class Worth {
  kCheapest,   ///< what the class costs where it is cheapest (GPUs counted in fractions)
  kUnmetCost,  ///< what it costs not to serve it: the scale when the budget, not the price, binds
};

/// One way to serve more of a class: `added` more replicas of `option`, or, with `from` >= 0, the
/// option `from` re-shaped into it with all its load (M3).
struct Candidate {
  double score = 0.0;  ///< added cost / value of the demand newly covered; the less the better
  double value = 0.0;
  double share = 0.0;  ///< of the class
  std::uint32_t option = 0;
  std::uint32_t entry = 0;
  std::int32_t added = 0;  ///< replicas
  std::int32_t from = -1;
  [[nodiscard]] bool valid() const { return value > 0.0; }
};

/// Micro-dollars per hour if all of the class went there and GPUs could be rented in fractions.
[[nodiscard]] double fractional_cost(const GreedyTable& table, std::size_t d, const Entry& entry);

class Ranking {
 public:
  Ranking(GreedyTable& table, const GreedyOptions& options, Worth worth);

  [[nodiscard]] double value(std::size_t i) const { return value_[i]; }
  [[nodiscard]] std::span<const double> values() const { return value_; }

  [[nodiscard]] const GreedyOptions& options() const { return options_; }

  /// Ranks as if every box of pool r that is begun would be filled: a GPU costs its part of a box.
  /// Off: who needs the first GPU of a box pays all of it, and the others nothing.
  void assume_boxes_fill(std::size_t r, bool on) { boxes_fill_[r] = on ? 1 : 0; }

  /// Leaves an option aside until it is called again with false.
  void avoid(std::size_t d, bool on) { avoided_[d] = on ? 1 : 0; }

  /// Moves the worth of every class towards what it costs in a plan (micro-dollars per hour).
  void learn(std::span<const double> paid);

  /// The best candidate to serve `wanted` more (or part of it) of class i; invalid if there is
  /// none. REQUIRES: 0 < wanted <= what remains of the class. O(pairs of its candidates).
  [[nodiscard]] Candidate best(const Placement& placement, std::size_t i, double wanted);

  /// Carries it out: replicas, the class's share, and the others that the new replicas have room
  /// for. False (nothing changed) if it does not fit, which happens without M1 only.
  bool apply(Placement& placement, const Candidate& candidate);

  /// At most `wanted` more replicas of option d that cap, pool and budget allow.
  [[nodiscard]] std::int64_t replicas_that_fit(const Placement& placement, std::size_t d,
                                               std::int64_t wanted) const;

 private:
  struct Gain {
    double value = 0.0;
    double cost = 0.0;  ///< pair costs
  };
  void consider_opening(Candidate& best, const Placement& placement, const ClassEntry& at,
                        double share);
  void consider_replicas(Candidate& best, const Placement& placement, const ClassEntry& at,
                         double share, std::int64_t added);
  void consider_reshape(Candidate& best, const Placement& placement, const ClassEntry& at,
                        std::size_t from, double share);
  [[nodiscard]] std::int64_t replicas_for_the_same_rent(const Placement& placement, std::size_t d,
                                                        std::int64_t added) const;
  /// Whether no way to open d can beat `best`.
  [[nodiscard]] bool hopeless(const Candidate& best, const Placement& placement,
                              std::size_t d) const;
  [[nodiscard]] bool fits(const Placement& placement, const Candidate& candidate) const;
  void move_all(Placement& placement, std::size_t from, std::size_t to) const;
  [[nodiscard]] double score(std::size_t d, double cost, double value) const;
  /// Micro-dollars per hour that `added` replicas of d (negative: fewer) cost in switching.
  [[nodiscard]] double switching(const Placement& placement, std::size_t d,
                                 std::int64_t added) const;
  [[nodiscard]] Gain fill(const Placement& placement, std::size_t d, std::size_t skip, double room);
  [[nodiscard]] std::span<const std::uint32_t> filling_order(std::size_t d);
  void find_least_scores();
  /// What `gpus` more of pool r cost in the ranking. `change` is the exact figure.
  [[nodiscard]] double rent(std::size_t r, std::int64_t gpus, std::int64_t change) const;
  void improve(Candidate& best, const Candidate& candidate) const;

  GreedyTable& table_;
  GreedyOptions options_;
  std::vector<std::uint8_t> boxes_fill_;  // by pool
  std::vector<std::uint8_t> avoided_;     // by option
  std::vector<double> value_;             // by class
  std::vector<double> least_score_;       // by option: no score is below it in an empty pool
  std::vector<std::uint32_t> order_;      // by option: its entries, most valuable per load first
  std::vector<std::uint8_t> ordered_;
  std::vector<std::vector<std::uint32_t>> running_;  // by pool, while best() runs
};

}  // namespace berth::greedy
