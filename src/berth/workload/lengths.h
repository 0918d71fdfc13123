#pragma once
// A distribution of token counts: a histogram with exact moments.

#include <span>
#include <vector>

#include "berth/core/result.h"

namespace berth {

/// Share `share` of the requests has `lower` < tokens <= `upper`.
struct LengthBin {
  double lower = 0.0;
  double upper = 0.0;
  double share = 0.0;
};

class LengthDistribution {
 public:
  LengthDistribution() = default;

  static LengthDistribution constant(double tokens);
  /// A log-normal with these moments, as 64 bins (std 0 = constant). REQUIRES: mean > 0, std >= 0.
  static LengthDistribution from_moments(double mean, double standard_deviation);
  /// REQUIRES: bins ascending and not overlapping, shares >= 0 with a positive sum (normalised);
  /// moments exact where the caller knows them, else the bins' midpoints give them.
  static LengthDistribution from_bins(std::vector<LengthBin> bins);
  static LengthDistribution from_bins(std::vector<LengthBin> bins, double mean,
                                      double standard_deviation);

  [[nodiscard]] double mean() const { return mean_; }
  [[nodiscard]] double standard_deviation() const { return standard_deviation_; }
  /// Squared coefficient of variation; 0 when the mean is 0.
  [[nodiscard]] double squared_variation() const;
  [[nodiscard]] double max() const;
  /// Inverse distribution function, linear inside a bin. REQUIRES: 0 <= p <= 1. O(log bins).
  [[nodiscard]] double quantile(double p) const;
  [[nodiscard]] std::span<const LengthBin> bins() const { return bins_; }

 private:
  std::vector<LengthBin> bins_;
  std::vector<double> cumulative_;
  double mean_ = 0.0;
  double standard_deviation_ = 0.0;
};

}  // namespace berth
