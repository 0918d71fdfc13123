#pragma once
// One part at given prices: what it proves, how each option is used best, and which counts a
// cheaper plan cannot have.

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "berth/solve/branch/node.h"
#include "berth/solve/branch/problem.h"

namespace berth::branch {

/// The relaxed problem's answer.
struct Answer {
  double value = 0.0;   ///< USD/h
  double proven = 0.0;  ///< the value less rounding errors and check()'s tolerances
  std::vector<std::shared_ptr<const Use>> uses;
};

/// Makes prices fit for the part: none below 0, none of a pool above what an endless offer costs.
void clip(const Problem& problem, const Node& node, std::vector<double>& prices);

/// Scratch space is kept between calls; one object a thread.
class Pricing {
 public:
  explicit Pricing(const Problem& problem) : problem_(&problem) {}

  /// The part `node` is meant for the next calls.
  void begin(const Node& node);

  /// REQUIRES: begin(node); prices clipped. O(pairs of the options the part leaves).
  void evaluate(const Node& node, std::span<const double> prices, bool with_uses, Answer& answer);

  /// Takes counts away from `node` with which every plan costs `target` or more, as its prices
  /// prove. O(pairs x counts).
  void narrow(Node& node, double target);

  [[nodiscard]] std::int64_t passes() const { return passes_; }

 private:
  struct Item {
    double density = 0.0;
    double worth = 0.0;
    double load = 0.0;
    std::uint32_t pair = 0;
  };
  struct Count {
    double replicas = 0.0;
    double profit = 0.0;
  };

  void price_replicas(const Node& node, std::span<const double> prices);
  [[nodiscard]] bool may_earn(std::size_t option, std::span<const double> prices);
  void collect(std::size_t option, std::span<const double> prices);
  [[nodiscard]] double profit(std::size_t option, double replicas) const;
  [[nodiscard]] Count best_count(const Node& node, std::size_t option) const;
  [[nodiscard]] std::shared_ptr<const Use> use_of(std::size_t option, double replicas) const;
  void add_singles(const Node& node, std::span<const double> prices);
  [[nodiscard]] double tolerance_worth(std::span<const double> prices) const;
  void narrow_option(Node& node, std::size_t option, const Count& top, double enough,
                     bool alone) const;
  void narrow_boxes(Node& node, double spare) const;

  const Problem* problem_;
  std::vector<std::uint32_t> blocks_;  // with an option that may run
  std::vector<float> density_;         // by option: of the last class it took; < 0 unknown
  std::vector<double> replica_cost_;   // by option, at the prices
  std::vector<double> magnitude_;      // by option: sum of |terms| of that
  std::vector<Item> items_;            // of one option, densest first
  bound::Tally tally_;
  std::int64_t passes_ = 0;
};

}  // namespace berth::branch
