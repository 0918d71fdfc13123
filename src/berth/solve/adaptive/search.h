#pragma once
// Local search on one market, a whole instance or a part of one: moves, completed and priced
// exactly, accepted by simulated annealing.

#include <cstdint>
#include <span>
#include <vector>

#include "berth/solve/adaptive/workbench.h"

namespace berth::adaptive {

struct Move;

struct SearchOptions {
  bool local_search = true;   ///< off only for the ablation study
  bool consolidation = true;  ///< likewise
  /// What demand that nothing carries is charged, as a multiple of the usual: where limits are
  /// tight a plan that carries all may cost far more than prices tell.
  double push = 1.0;
};

class Search {
 public:
  Search(const Market& market, std::span<const double> worth, Random random,
         const SearchOptions& options);

  /// Begins with these replicas (by option, beside the base; may be empty), completed by refill
  /// and prune with that noise. False if not all demand could be carried (the search may still
  /// mend it).
  bool begin(std::span<const std::int32_t> replicas, double noise);
  /// One move. `temperature` in units of the price of an ordinary replica, >= 0. True if the best
  /// state got better.
  bool step(double temperature);

  /// Whether all demand is carried in the best state.
  [[nodiscard]] bool complete() const { return best_complete_; }
  /// USD/h, of the best state.
  [[nodiscard]] double best_cost() const { return best_.cost(); }
  /// Puts the best state on the workbench; the search goes on from there.
  const State& best_state();

 private:
  bool accept(double temperature);
  [[nodiscard]] const Move& draw_move();

  const Market& market_;
  SearchOptions options_;
  Workbench bench_;
  State::Snapshot current_;
  State::Snapshot best_;
  double current_guide_ = 0.0;
  double best_guide_ = 0.0;
  bool current_complete_ = false;
  bool best_complete_ = false;
  int rejected_ = 0;
  double replica_price_ = 0.0;  // of an ordinary replica, USD/h
};

}  // namespace berth::adaptive
