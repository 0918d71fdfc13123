#pragma once
// T_it(B) of one deployment and one kind of request, with every invariant multiplied out
// (docs/model.md, "Iteration"): made once per (class, deployment), evaluated many times.

#include <algorithm>
#include <cmath>

namespace berth {

/// Terms are lines in x = max(least, B/m), the sequences of a micro-batch; a micro-batch that runs
/// holds at least one a rank. Seconds.
///   step(x) = max(floor, max(read, work) + experts + min(small, large))
///   T_it(B) = step(x) + prefill_slope (B - 1)
///   TPOT at a percentile = T_it(B) + spread sqrt(B - 1)
/// The experts of a mixture read R = expert_s (1 - untouched exp(-decay x)) and compute
/// C = expert_slope x; the time is max(R, C) + exposed min(R, C).
struct Iteration {
  double read_base = 0.0;  ///< matrices where reading the weights takes longer
  double read_slope = 0.0;
  double work_base = 0.0;  ///< matrices where computing takes longer
  double work_slope = 0.0;
  double expert_s = 0.0;      ///< all experts' weights read once; 0 for dense models
  double expert_decay = 0.0;  ///< -log(1 - e/E), where sequences choose independently
  double untouched = 1.0;     ///< 1, where they do
  double expert_slope = 0.0;
  double expert_exposed = 0.0;
  double small_base = 0.0;  ///< all-reduce at small messages, and everything that is one line
  double small_slope = 0.0;
  double large_base = 0.0;  ///< the same at large messages; the smaller of the two counts
  double large_slope = 0.0;
  double floor_s = 0.0;        ///< the host's own time for a step
  double prefill_slope = 0.0;  ///< prefill between the tokens, per other sequence of the batch
  double spread = 0.0;         ///< what some requests see more of it than the mean, at a percentile
  double stages = 1.0;         ///< m
  double least = 1.0;          ///< ranks of the attention

  [[nodiscard]] double expert_seconds(double x) const {
    if (expert_s <= 0.0) return 0.0;
    const double read = expert_s * (1.0 - untouched * std::exp(-expert_decay * x));
    const double work = expert_slope * x;
    return std::max(read + expert_exposed * work, work + expert_exposed * read);
  }

  /// Decode step alone, at x >= least sequences a micro-batch.
  [[nodiscard]] double step_seconds(double x) const {
    const double matrices = std::max(read_base + read_slope * x, work_base + work_slope * x);
    const double rest = std::min(small_base + small_slope * x, large_base + large_slope * x);
    return std::max(floor_s, matrices + expert_seconds(x) + rest);
  }
  /// The same for B sequences of the whole replica.
  [[nodiscard]] double decode_seconds(double batch) const {
    return step_seconds(std::max(least, batch / stages));
  }

  /// T_it(B), mean TPOT. Rises strictly with B wherever a term depends on it.
  [[nodiscard]] double seconds(double batch) const {
    return decode_seconds(batch) + prefill_slope * std::max(0.0, batch - 1.0);
  }

  /// TPOT at the percentile that `spread` is for.
  [[nodiscard]] double slow_seconds(double batch) const {
    return seconds(batch) + spread * std::sqrt(std::max(0.0, batch - 1.0));
  }

  /// Largest B with slow_seconds(B) <= tpot, short of the exact root by at most one part in 1e8;
  /// never beyond it. 0 if even B = 1 is too slow, infinity if nothing grows with B. Dense models:
  /// a closed form. Mixtures: four or five Newton steps of one exponential each.
  [[nodiscard]] double max_batch(double tpot) const;
};

}  // namespace berth
