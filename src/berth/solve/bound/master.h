#pragma once
// The search for the best prices: a model of the relaxation made of the uses found so far, block by
// block, and the point where that model, less a penalty for distance from the best prices so far,
// is greatest (docs/bound.md, "The search"). Solved by coordinate ascent in the dual.

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "berth/solve/bound/relaxation.h"

namespace berth::bound {

class Master {
 public:
  /// `start`: the first centre. Uses no randomness.
  Master(const Structure& structure, const std::vector<double>& start);

  /// Adds what an evaluation found; uses that the model knows already are left out.
  void add(std::vector<Use>& uses, const std::vector<double>& prices);

  /// Prices to try next: near `centre`, as near as `step` is small (1: they may double).
  /// `best` is the value at the centre. Clipped.
  [[nodiscard]] std::vector<double> next(const std::vector<double>& centre, double step,
                                         double best);

  /// The model's value at the prices of the last next(): no bound is known to be above it there.
  [[nodiscard]] double model_value() const { return model_value_; }

  /// Whether the last next() solved its model to the accuracy it wants.
  [[nodiscard]] bool accurate() const { return accurate_; }

  /// Weights of the uses in the last next(): the relaxation's own plan.
  [[nodiscard]] FractionalPlan plan(std::size_t options) const;

 private:
  struct Column {
    double cost = 0.0;
    double weight = 0.0;
    double reduced = 0.0;  // cost less what it earns at the current prices
    std::int32_t idle = 0;
    std::vector<Entry> entries;
    std::vector<std::pair<std::uint32_t, double>> running;
  };
  /// A variable without a block: an unmet share, boxes of a priced pool. 0 .. most.
  struct Single {
    double cost = 0.0;
    double most = 0.0;
    double weight = 0.0;
    std::vector<Entry> entries;
  };

  void add_singles();
  void find_units();
  void set_scale(const std::vector<double>& centre, double step);
  void gather(const std::vector<double>& centre);
  void move(const std::vector<Entry>& entries, double amount);
  [[nodiscard]] double earned(const std::vector<Entry>& entries) const;
  double improve_block(std::vector<Column>& block);
  double improve_single(Single& single);
  double lift_signs();
  double shift(std::vector<Column>& block, std::size_t to, std::size_t from, double spare);
  [[nodiscard]] double value_at_prices() const;
  [[nodiscard]] double value_of_weights(const std::vector<double>& centre) const;
  [[nodiscard]] double penalty(const std::vector<double>& centre) const;
  void forget_idle();

  const Structure& structure_;
  std::vector<std::vector<Column>> blocks_;
  std::vector<std::uint32_t> used_blocks_;  // with columns, in the order they came
  std::vector<Single> singles_;
  std::vector<double> scale_;  // by dimension: how far a unit of imbalance moves a price
  std::vector<double> unit_;   // by dimension: of an average limit
  double typical_ = 0.0;       // USD/h: price of a class
  std::vector<double> slack_;  // by dimension: weight that keeps the price from falling below 0
  std::vector<double> prices_;
  std::vector<double> dense_;
  double model_value_ = 0.0;
  bool accurate_ = false;
};

}  // namespace berth::bound
