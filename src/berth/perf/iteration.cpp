#include "berth/perf/iteration.h"

#include <limits>

namespace berth {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// Largest x with base + slope x <= limit.
double line_root(double base, double slope, double limit) {
  if (slope > 0.0) return (limit - base) / slope;
  return base <= limit ? kInfinity : -kInfinity;
}

/// Largest x with base + slope x + expert_s (1 - exp(-decay x)) <= limit. The left side is
/// increasing and concave, so Newton's steps from a point left of the root never cross it.
double concave_root(double base, double slope, double expert_s, double decay, double limit) {
  // With every expert touched the left side is largest: that line's root lies left of ours.
  double x = std::max(0.0, line_root(base + expert_s, slope, limit));
  if (std::isinf(x)) return x;
  constexpr int kMaxSteps = 60;
  for (int step = 0; step < kMaxSteps; ++step) {
    const double untouched = std::exp(-decay * x);
    const double missing = limit - (base + slope * x + expert_s * (1.0 - untouched));
    if (missing <= 0.0) break;
    const double gain = missing / (slope + expert_s * decay * untouched);
    if (!(gain > 0.0) || std::isinf(gain)) return kInfinity;
    x += gain;
    if (gain <= 1e-7 * x) break;  // convergence is quadratic: the rest is below 1e-13
  }
  return x;
}

}  // namespace

double Iteration::max_batch(double tpot) const {
  // Prefill's share grows with B = m x.
  const double prefill = prefill_slope * stages;
  // seconds() is the smaller over the two all-reduce regimes of the larger of compute and memory:
  // the largest x is therefore the larger over the regimes of the smaller of two roots.
  const auto regime_root = [&](double base, double slope) {
    const double by_compute = line_root(compute_base + base, compute_slope + slope + prefill, tpot);
    if (expert_s > 0.0) {
      // Memory can only bind left of the compute root.
      return std::min(by_compute, concave_root(memory_base + base, memory_slope + slope + prefill,
                                               expert_s, expert_decay, tpot));
    }
    return std::min(by_compute,
                    line_root(memory_base + base, memory_slope + slope + prefill, tpot));
  };
  double x = regime_root(small_base, small_slope);
  if (large_base != small_base || large_slope != small_slope) {
    x = std::max(x, regime_root(large_base, large_slope));
  }
  double batch = x * stages;
  if (!(x >= 1.0)) {
    // Fewer sequences than stages: the step no longer shortens, only prefill's share does.
    if (seconds(1.0) > tpot) return 0.0;
    batch = std::clamp(line_root(step_seconds(1.0), prefill_slope, tpot), 1.0, stages);
  }
  // Rounding must not carry the result across the root.
  constexpr double kShave = 1.0 - 1e-9;
  const double safe = batch * kShave;
  if (safe >= 1.0) return safe;
  return seconds(1.0) <= tpot ? 1.0 : 0.0;
}

}  // namespace berth
