#pragma once
// Other ways to raise the Lagrangian bound, to compare the one in use with (docs/bound.md, "Step
// rules compared"). Plain and short; for relaxations whose only prices are those of demand.

#include <cstdint>
#include <functional>
#include <vector>

#include "berth/solve/bound/relaxation.h"

namespace berth::bound {

/// The value of the relaxation and a subgradient (1 - served, by class) at some demand prices.
class Oracle {
 public:
  explicit Oracle(const Relaxation& relaxation)
      : relaxation_(relaxation), work_(relaxation.workspace(1)) {}

  double operator()(const std::vector<double>& prices, std::vector<double>& slope);
  [[nodiscard]] std::int64_t passes() const { return passes_; }
  [[nodiscard]] double best() const { return best_; }

 private:
  const Relaxation& relaxation_;
  Workspace work_;
  Team alone_{1};
  Evaluation evaluation_;
  std::int64_t passes_ = 0;
  double best_ = 0.0;
};

/// Each takes the first prices, the cost of a plan as a target, and a number of passes; the result
/// is in the oracle.
using Rule = std::function<void(Oracle&, std::vector<double>, double, std::int64_t)>;

/// Polyak steps towards the target, shortened when nothing improves.
void subgradient(Oracle& oracle, std::vector<double> prices, double target, std::int64_t passes);
/// Barahona and Anbil 2000.
void volume(Oracle& oracle, std::vector<double> prices, double target, std::int64_t passes);
/// A proximal bundle whose model is of the whole relaxation at once, not block by block.
void aggregate_bundle(Oracle& oracle, std::vector<double> prices, double target,
                      std::int64_t passes);

}  // namespace berth::bound
