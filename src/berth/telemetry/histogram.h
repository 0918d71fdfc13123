#pragma once
// Private to this room: what the buckets of a histogram say about lengths and times.

#include <cstddef>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "berth/workload/lengths.h"

namespace berth {

/// Observations at most `edge`, by edge, ascending; the last edge is infinite. Made monotone.
class BucketCounts {
 public:
  BucketCounts() = default;
  /// Cumulative counts by upper edge. A count below that of a smaller edge (several instances with
  /// buckets of their own, or numbers that contradict each other) becomes that one.
  explicit BucketCounts(const std::map<double, double>& cumulative);

  [[nodiscard]] double total() const { return counts_.empty() ? 0.0 : counts_.back().second; }
  /// Share of the total that had to be added to make the counts monotone.
  [[nodiscard]] double disorder() const { return disorder_; }
  [[nodiscard]] double beyond_last_edge() const;  ///< share of the total, 0..1
  [[nodiscard]] const std::vector<std::pair<double, double>>& counts() const { return counts_; }
  /// The largest finite edge; 0 without one.
  [[nodiscard]] double last_edge() const;

  /// Linear inside a bucket; `beyond` is set where it lies in the infinite one, whose lower edge is
  /// then returned. REQUIRES: total() > 0, 0 <= p <= 1.
  [[nodiscard]] double quantile(double p, bool& beyond) const;

 private:
  std::vector<std::pair<double, double>> counts_;
  double disorder_ = 0.0;
};

/// Lengths as they may well lie inside the buckets: the cumulative counts are interpolated by a
/// monotone cubic over the logarithm of the length, and what is inside the buckets is drawn towards
/// their upper or lower edges until the mean is `mean`, where it is given.
struct RefinedLengths {
  std::vector<LengthBin> bins;  ///< shares add up to 1
  bool mean_fits = true;        ///< false: no lengths inside the buckets have this mean
};
/// REQUIRES: buckets.total() > 0.
[[nodiscard]] RefinedLengths refine(const BucketCounts& buckets, std::optional<double> mean);

/// Mean and standard deviation of bins, uniform inside each. REQUIRES: a positive sum of shares.
[[nodiscard]] std::pair<double, double> moments_of(const std::vector<LengthBin>& bins);

/// The part with lower <= tokens < upper (0 = no limit); shares are kept, so that they add up to
/// the part's share.
[[nodiscard]] std::vector<LengthBin> part_of(const std::vector<LengthBin>& bins, double lower,
                                             double upper);

}  // namespace berth
