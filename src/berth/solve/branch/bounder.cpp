#include "berth/solve/branch/bounder.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace berth::branch {
namespace {

/// As at the root; but the first step is wider, as a branching row's price starts at 0.
constexpr double kFirstStep = 0.3;
constexpr double kLeastStep = 1e-4;
constexpr double kMostStep = 1e3;
constexpr double kSuccess = 0.1;
constexpr double kGreatSuccess = 0.5;

}  // namespace

void Bounder::raise(Node& node, const Effort& effort, double target) {
  pricing_.begin(node);
  model_.begin(node);
  std::vector<double> centre = node.prices;
  clip(model_.problem(), node, centre);
  pricing_.evaluate(node, centre, true, answer_);
  node.bound = std::max(node.bound, answer_.proven);
  double best = answer_.value;
  std::vector<double> prices = centre;
  double step = kFirstStep;
  int nulls = 0;
  int settled = 0;
  for (int pass = 1; pass < effort.passes && node.bound < target; ++pass) {
    if (deadline_->reached()) break;
    model_.add(node, answer_.uses, prices);
    prices = model_.next(node, centre, step, best);
    const double promised = model_.model_value() - best;
    const bool little = promised <= effort.settled * (std::abs(best) + 1e-9);
    settled = little && model_.accurate() ? settled + 1 : 0;
    if (settled >= effort.rounds) break;
    pricing_.evaluate(node, prices, true, answer_);
    node.bound = std::max(node.bound, answer_.proven);
    const double gained = answer_.value - best;
    if (settled > 0) {
      step = std::min(kMostStep, 8.0 * step);  // nothing better this near
    } else if (little) {
      // It may be the model's solution that is at fault: it is easier nearer the centre.
      step = std::max(kLeastStep, 0.3 * step);
    } else if (gained >= kSuccess * promised) {
      nulls = 0;
      if (gained >= kGreatSuccess * promised) step = std::min(kMostStep, 1.5 * step);
    } else if (gained <= 0.0 && ++nulls > 3) {
      step = std::max(kLeastStep, 0.8 * step);
      nulls = 0;
    }
    if (gained > 0.0) {
      centre = prices;
      best = answer_.value;
    }
  }
  node.prices = std::move(centre);
  model_.finish(node);
}

}  // namespace berth::branch
