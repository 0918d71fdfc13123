#include "berth/perf/iteration.h"

#include "berth/core/infinity.h"

namespace berth {
namespace {

/// base + slope x.
struct Line {
  double base = 0.0;
  double slope = 0.0;

  /// Largest x at which it stays within `limit`.
  [[nodiscard]] double root(double limit) const {
    if (slope > 0.0) return (limit - base) / slope;
    return base <= limit ? kInfinity : -kInfinity;
  }
};

Line sum(const Line& a, const Line& b) { return {a.base + b.base, a.slope + b.slope}; }

/// Flat lines meet their limit, if at all, far beyond any batch.
constexpr double kLeastSlope = 1e-200;
constexpr double kFar = 1e100;

/// Largest x with base + slope x + spread sqrt(m x - 1) <= limit, without a branch, which pairs
/// would mispredict: a quadratic in sqrt(m x - 1). Below x = 1/m the root of the line alone counts.
struct Crossing {
  explicit Crossing(const Iteration& it) : share(1.0 / it.stages), spread(it.spread) {}

  [[nodiscard]] double operator()(double base, double slope, double limit) const {
    const double safe = std::max(slope, kLeastSlope);
    const double per_sequence = safe * share;
    const double room = limit - base - per_sequence;  // at B = 1
    if (spread <= 0.0 || room <= 0.0) return (limit - base) / safe;
    // The root u = 2 room / (spread + sqrt(spread^2 + 4 (slope / m) room)) loses no digits.
    const double u = 2.0 * room / (spread + std::sqrt(spread * spread + 4.0 * per_sequence * room));
    return (u * u + 1.0) * share;
  }

  double share;  ///< 1 / m
  double spread;
};

/// The step without experts is the smaller over two regimes of the larger of two lines, so its root
/// is the larger over the regimes of the smaller of two roots. `added` comes on top.
double root_of_lines(const Iteration& it, const Line& added, double limit) {
  const Line read = sum({it.read_base, it.read_slope}, added);
  const Line work = sum({it.work_base, it.work_slope}, added);
  const Crossing crossing(it);
  const auto regime = [&](double base, double slope) {
    return std::min(crossing(read.base + base, read.slope + slope, limit),
                    crossing(work.base + base, work.slope + slope, limit));
  };
  const double x =
      std::max(regime(it.small_base, it.small_slope), regime(it.large_base, it.large_slope));
  return x > kFar ? kInfinity : x;
}

/// Of the experts' two branches at x: where reading and where computing takes longer, each with its
/// slope. Both are concave and rising, and the larger is the time.
struct ExpertBranches {
  Line read;
  Line work;
};

ExpertBranches branches_at(const Iteration& it, double x) {
  const double rest = it.untouched * std::exp(-it.expert_decay * x);
  const Line read{it.expert_s * (1.0 - rest), it.expert_s * it.expert_decay * rest};
  const Line work{it.expert_slope * x, it.expert_slope};
  const double s = it.expert_exposed;
  return {{read.base + s * work.base, read.slope + s * work.slope},
          {work.base + s * read.base, work.slope + s * read.slope}};
}

/// spread sqrt(m x - 1) and its slope.
Line spread_at(const Iteration& it, double x) {
  const double others = it.stages * x - 1.0;
  if (it.spread <= 0.0 || others <= 0.0) return {};
  const double root = std::sqrt(others);
  return {it.spread * root, 0.5 * it.spread * it.stages / root};
}

/// Newton's steps from a point left of the root. The step's time is the largest of four concave
/// rising curves, and so is its spread; from the left no tangent's root lies beyond its curve's, so
/// the smallest of the four never passes the root we look for.
double root_with_experts(const Iteration& it, double prefill, double limit) {
  const Line added{0.0, prefill};
  // With every expert touched the time is largest: that root lies left of ours.
  const double s = it.expert_exposed;
  const double by_read = root_of_lines(it, {it.expert_s, prefill + s * it.expert_slope}, limit);
  const double by_work = root_of_lines(it, {s * it.expert_s, prefill + it.expert_slope}, limit);
  // The spread's slope has no bound at B = 1: begin a hair beyond it.
  constexpr double kAlone = 1.0 + 1e-9;
  const double begin = std::max(0.0, std::min(by_read, by_work));
  double x = it.spread > 0.0 ? std::max(begin, kAlone / it.stages) : begin;
  if (std::isinf(x)) return x;
  constexpr int kMaxSteps = 60;
  for (int step = 0; step < kMaxSteps; ++step) {
    const double small = it.small_base + it.small_slope * x;
    const double large = it.large_base + it.large_slope * x;
    const Line rest =
        sum(small <= large ? Line{small, it.small_slope} : Line{large, it.large_slope},
            sum({added.slope * x, added.slope}, spread_at(it, x)));
    const ExpertBranches experts = branches_at(it, x);
    const Line read = sum({it.read_base + it.read_slope * x, it.read_slope}, rest);
    const Line work = sum({it.work_base + it.work_slope * x, it.work_slope}, rest);
    const double gain = std::min(
        std::min(sum(read, experts.read).root(limit), sum(read, experts.work).root(limit)),
        std::min(sum(work, experts.read).root(limit), sum(work, experts.work).root(limit)));
    if (!(gain > 0.0)) return step == 0 ? begin : x;
    if (std::isinf(gain)) return kInfinity;
    x += gain;
    if (gain <= 1e-7 * x) break;  // convergence is quadratic: the rest is below 1e-13
  }
  return x;
}

}  // namespace

double Iteration::max_batch(double tpot) const {
  // Of B = m x sequences all but one add their prefill.
  const double prefill = prefill_slope * stages;
  const double limit = tpot + prefill_slope;
  double x = expert_s > 0.0 ? root_with_experts(*this, prefill, limit)
                            : root_of_lines(*this, {0.0, prefill}, limit);
  const Crossing crossing(*this);
  if (floor_s > 0.0) {
    const double by_floor = crossing(floor_s, prefill, limit);
    x = std::min(x, by_floor > kFar ? kInfinity : by_floor);
  }
  double batch = x * stages;
  if (!(x >= least)) {
    // Fewer sequences than stages or ranks: the step no longer shortens, only prefill's share does.
    if (slow_seconds(1.0) > tpot) return 0.0;
    const double of_prompts = crossing(step_seconds(least), prefill, limit) * stages;
    batch = std::clamp(of_prompts, 1.0, stages * least);
  }
  // Rounding must not carry the result across the root.
  constexpr double kShave = 1.0 - 1e-9;
  const double safe = batch * kShave;
  if (safe >= 1.0) return safe;
  return slow_seconds(1.0) <= tpot ? 1.0 : 0.0;
}

}  // namespace berth
