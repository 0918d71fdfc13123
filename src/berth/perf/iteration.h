#pragma once
// T_it(B) of one deployment and one kind of request, with every invariant multiplied out
// (docs/model.md, "Iteration"): made once per (class, deployment), evaluated many times.

#include <algorithm>
#include <cmath>

namespace berth {

/// Terms are lines in x = max(1, B/m), the sequences of a micro-batch; a micro-batch that runs
/// holds at least one. Seconds.
///   T_it(B) = max(compute, memory) + min(small, large) + prefill_slope B
/// where memory of a mixture of experts also has expert_s (1 - exp(-expert_decay x)).
struct Iteration {
  double compute_base = 0.0;
  double compute_slope = 0.0;
  double memory_base = 0.0;
  double memory_slope = 0.0;
  double expert_s = 0.0;      ///< all experts' weights read once; 0 for dense models
  double expert_decay = 0.0;  ///< -log(1 - e/E)
  double small_base = 0.0;    ///< all-reduce at small messages, hand-over and fixed times
  double small_slope = 0.0;
  double large_base = 0.0;  ///< the same at large messages; the smaller of the two counts
  double large_slope = 0.0;
  double prefill_slope = 0.0;  ///< T_pre / (m f), per sequence of the whole batch
  double stages = 1.0;         ///< m

  /// Decode step alone, at x sequences a micro-batch.
  [[nodiscard]] double step_seconds(double x) const {
    const double compute = compute_base + compute_slope * x;
    double memory = memory_base + memory_slope * x;
    if (expert_s > 0.0) memory -= expert_s * std::expm1(-expert_decay * x);
    const double rest = std::min(small_base + small_slope * x, large_base + large_slope * x);
    return std::max(compute, memory) + rest;
  }

  /// T_it(B) = TPOT(B). Rises strictly with B wherever a term depends on it.
  [[nodiscard]] double seconds(double batch) const {
    return step_seconds(std::max(1.0, batch / stages)) + prefill_slope * batch;
  }

  /// Largest B with seconds(B) <= tpot, short of the exact root by at most one part in 1e8; never
  /// beyond it. 0 if even B = 1 is too slow, infinity if nothing grows with B.
  [[nodiscard]] double max_batch(double tpot) const;
};

}  // namespace berth
