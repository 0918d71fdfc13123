#pragma once
// The model of one part: the uses found so far, and the prices near a centre at which the model
// less a penalty for distance is greatest (docs/bound.md, "The search"). As bound::Master, but it
// begins with the weights of the part it comes from, knows branching rows and options that must
// run, and lies in flat arrays: most of the time of the tree is spent here.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "berth/solve/branch/node.h"
#include "berth/solve/branch/problem.h"

namespace berth::branch {

class Model {
 public:
  explicit Model(const Problem& problem) : problem_(&problem) {}

  /// Starts from what `node` knows: its prices and those of its uses that it still allows.
  void begin(const Node& node);

  /// Adds what an evaluation found at `prices`, if it is new.
  void add(const Node& node, std::span<const std::shared_ptr<const Use>> uses,
           std::span<const double> prices);

  /// Prices to try next: near `centre`, as near as `step` is small. `best`: value at the centre.
  /// Clipped; valid until the next call.
  const std::vector<double>& next(const Node& node, std::span<const double> centre, double step,
                                  double best);

  [[nodiscard]] const Problem& problem() const { return *problem_; }
  [[nodiscard]] double model_value() const { return model_value_; }
  [[nodiscard]] bool accurate() const { return accurate_; }
  [[nodiscard]] double typical_price() const { return typical_; }

  /// Writes uses and weights into `node`.
  void finish(Node& node) const;

 private:
  struct Column {
    std::uint32_t first = 0;  // entries
    std::uint32_t end = 0;
    double cost = 0.0;
    double weight = 0.0;
    double reduced = 0.0;  // cost less what it earns at the current prices
    std::int32_t idle = 0;
    std::shared_ptr<const Use> use;
  };
  struct Block {
    std::vector<Column> columns;
    bool forced = false;
    bool settled = false;  // nothing moved in the last sweep
  };

  Column column_of(const Node& node, const std::shared_ptr<const Use>& use, double weight);
  Block& block_of(const Node& node, std::uint32_t option);
  void set_scale(const Node& node, std::span<const double> centre, double step);
  void gather(const Node& node, std::span<const double> centre);
  [[nodiscard]] std::span<const Entry> entries(const Column& column) const {
    return std::span(entries_).subspan(column.first, column.end - column.first);
  }
  [[nodiscard]] double earned(std::span<const Entry> entries) const;
  void move(std::span<const Entry> entries, double amount);
  double shift(Block& block, std::size_t to, std::size_t from, double spare);
  double improve_block(Block& block);
  double improve_singles(const Node& node);
  double lift_signs();
  double sweep(const Node& node, bool all);
  [[nodiscard]] double supply(const Node& node, std::size_t dimension) const;
  [[nodiscard]] double value_at_prices(const Node& node) const;
  [[nodiscard]] double value_of_weights(std::span<const double> centre) const;
  void forget_idle();

  const Problem* problem_;
  std::vector<Block> blocks_;
  std::vector<std::uint32_t> used_;  // blocks with columns, in the order they came
  std::vector<Entry> entries_;
  std::vector<double> single_weight_;
  std::vector<double> scale_;  // by dimension: how far a unit of imbalance moves a price
  std::vector<double> slack_;  // by dimension: weight that keeps the price from falling below 0
  std::vector<double> prices_;
  std::vector<double> unclipped_;
  std::vector<double> dense_;
  std::vector<std::int32_t> row_at_least_;  // by sum: position of its row, or kNone
  std::vector<std::int32_t> row_at_most_;
  double typical_ = 0.0;  // USD/h: price of a class
  double model_value_ = 0.0;
  bool accurate_ = false;
};

}  // namespace berth::branch
