// What a better plan cannot use (docs/bound.md, "Fixing").

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>
#include <utility>

#include "berth/instance/columns.h"
#include "berth/solve/bound/parts.h"
#include "berth/solve/bound/rounding.h"

namespace berth::bound {
namespace {

constexpr double kHalfMicro = 0.5e-6;

class Fixer {
 public:
  Fixer(const Relaxation& relaxation, const Prices& prices, double cost)
      : relaxation_(relaxation),
        structure_(relaxation.structure()),
        prices_(prices),
        cost_(cost),
        step_(cost_step(structure_.instance())),
        work_(relaxation.workspace(1)) {
    Evaluation evaluation;
    relaxation_.evaluate(prices_, false, work_, alone_, evaluation);
    // The profits below round as the evaluation did: its allowance once more.
    bound_ = evaluation.proven - (evaluation.value - evaluation.proven);
    relaxation_.all_profits(prices_, work_, alone_);
  }

  Fixing run() {
    const std::size_t options = structure_.instance().option_count();
    fixing_.keep.assign(options, 0);
    fixing_.most_replicas.assign(options, 0);
    for (std::size_t b = 0; b < structure_.blocks().size(); ++b) {
      if (structure_.blocks().pool[b] == kNone) {
        fix_stage(b, 0, 0.0);
      } else {
        fix_pool(b);
      }
    }
    for (std::size_t d = 0; d < options; ++d) {
      if (fixing_.keep[d] == 0) continue;
      ++fixing_.options;
      fixing_.pairs += relaxation_.pairs().count(d);
    }
    return std::move(fixing_);
  }

 private:
  /// Whether a plan that loses so much against the relaxation may still be cheaper than cost_.
  [[nodiscard]] bool affordable(double loss) const {
    return rounded_up(bound_ + loss, step_) < cost_ - kHalfMicro;
  }

  [[nodiscard]] double best_of_stage(std::size_t block, std::size_t n) const {
    double best = 0.0;
    for (const std::uint32_t d : relaxation_.stage(block, n)) {
      best = std::max(best, work_.profit[d]);
    }
    return best;
  }

  /// `slack`: how much the rest of the block may earn more than it does now.
  void fix_stage(std::size_t block, std::size_t n, double slack) {
    const double best = best_of_stage(block, n);
    for (const std::uint32_t d : relaxation_.stage(block, n)) {
      if (work_.replicas[d] < 1.0 || !affordable(best - work_.profit[d] - slack)) continue;
      fixing_.keep[d] = 1;
      fixing_.most_replicas[d] = most_replicas(d, best - slack);
    }
  }

  void fix_pool(std::size_t block) {
    const PoolCosts& pool =
        structure_.pool(static_cast<std::size_t>(structure_.blocks().pool[block]));
    Workspace::Scratch& scratch = work_.workers.front();
    const PoolPick now = relaxation_.pick_pool(prices_, block, kNone, work_, scratch);
    double ideal = -(1.0 + prices_.budget) * pool.least_slack();
    for (std::size_t n = 0; n < relaxation_.stage_count(block); ++n) {
      ideal += best_of_stage(block, n);
    }
    for (std::size_t n = 0; n < relaxation_.stage_count(block); ++n) {
      fix_stage(block, n, ideal - now.value);
      for (const std::uint32_t d : relaxation_.stage(block, n)) {
        if (fixing_.keep[d] == 0) continue;
        const PoolPick with =
            relaxation_.pick_pool(prices_, block, static_cast<std::int32_t>(d), work_, scratch);
        if (with.possible && affordable(now.value - with.value)) continue;
        fixing_.keep[d] = 0;
        fixing_.most_replicas[d] = 0;
      }
    }
  }

  /// The most replicas with which the option may still be in a better plan, where `best` is what
  /// its stage earns at most. Profit falls from the best count on, so bisection finds it.
  std::int32_t most_replicas(std::size_t option, double best) {
    Workspace::Scratch& scratch = work_.workers.front();
    const OptionTerms terms = relaxation_.terms(prices_, option, scratch.worth);
    const auto fits = [&](double replicas) {
      const double worth = scratch.filling.parts(terms, replicas, scratch.parts);
      return affordable(best - (worth - terms.replica_cost * replicas - terms.opening));
    };
    double low = work_.replicas[option];  // fits
    double high = terms.most_replicas;
    double width = 1.0;
    while (low < high) {  // doubling steps while they fit, then halves
      const double next = std::min(high, low + width);
      if (!fits(next)) {
        high = next - 1.0;
        break;
      }
      low = next;
      width *= 2.0;
    }
    while (low < high) {
      const double middle = std::ceil((low + high) / 2.0);
      if (fits(middle)) {
        low = middle;
      } else {
        high = middle - 1.0;
      }
    }
    return static_cast<std::int32_t>(low);
  }

  const Relaxation& relaxation_;
  const Structure& structure_;
  const Prices& prices_;
  double cost_;
  std::int64_t step_;
  double bound_ = 0.0;
  Workspace work_;
  Team alone_{1};
  Fixing fixing_;
};

}  // namespace

Fixing Lagrangian::fix(const Prices& prices, double cost) const {
  const auto fixed = [&](const Relaxation& relaxation) {
    return Fixer(relaxation, clipped(relaxation.structure(), prices), cost).run();
  };
  const Fixing priced = fixed(parts_->priced);
  return parts_->whole ? both(parts_->instance, priced, fixed(*parts_->whole)) : priced;
}

Fixing Lagrangian::fix(const Bound& bound, double cost) const {
  Fixing fixing = fix(bound.prices, cost);
  for (const Prices& prices : bound.trail) {
    fixing = both(parts_->instance, fixing, fix(prices, cost));
  }
  return fixing;
}

Fixing both(const Instance& instance, const Fixing& a, const Fixing& b) {
  assert(a.keep.size() == b.keep.size());
  Fixing result = a;
  result.options = result.pairs = 0;
  for (std::size_t d = 0; d < a.keep.size(); ++d) {
    result.most_replicas[d] = std::min(a.most_replicas[d], b.most_replicas[d]);
    result.keep[d] = result.most_replicas[d] > 0 ? 1 : 0;
    if (result.keep[d] == 0) continue;
    ++result.options;
    result.pairs += instance.pairs_of(OptionId(d)).size();
  }
  return result;
}

ReducedInstance reduce(const Instance& instance, const Fixing& fixing) {
  InstanceColumns columns = instance.columns();
  assert(fixing.keep.size() == columns.options.name.size());
  for (std::size_t d = 0; d < fixing.keep.size(); ++d) {
    if (fixing.keep[d] != 0) columns.options.max_replicas[d] = fixing.most_replicas[d];
  }
  std::vector<std::int32_t> new_index = keep_options(columns, fixing.keep);
  Result<Instance> smaller = Instance::make(std::move(columns));
  assert(smaller.ok());  // columns that are right stay right with fewer options
  return {std::move(*smaller), std::move(new_index)};
}

}  // namespace berth::bound
