#pragma once
// Token counts on a fixed logarithmic scale with exact moments: constant memory for any trace.

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "berth/workload/lengths.h"

namespace berth {

/// Single tokens below 16, then eight bins per doubling: a bin is at most 1/8 as wide as its
/// values. Reaches beyond the largest count a reader lets through, 1e8.
class LengthScale {
 public:
  static constexpr std::size_t kBins = 16 + 23 * 8;

  [[nodiscard]] static std::size_t bin_of(std::uint32_t tokens) {
    if (tokens < 16) return tokens;
    const auto octave = static_cast<unsigned>(std::bit_width(tokens)) - 1;  // >= 4
    return 16 + (octave - 4) * 8 + ((tokens >> (octave - 3)) & 7U);
  }
  /// The smallest count in the bin; of kBins: the end of the scale.
  [[nodiscard]] static double first_of(std::size_t bin) {
    if (bin < 16) return static_cast<double>(bin);
    const std::size_t octave = 4 + (bin - 16) / 8;
    return static_cast<double>((std::uint64_t{8} + (bin - 16) % 8) << (octave - 3));
  }
};

class LengthHistogram {
 public:
  void add(std::uint32_t tokens) { add(tokens, LengthScale::bin_of(tokens)); }
  void add(std::uint32_t tokens, std::size_t bin) {
    const auto value = static_cast<double>(tokens);
    ++counts_[bin];
    sums_[bin] += value;
    squares_ += value * value;
    if (tokens < min_) min_ = tokens;
    if (tokens > max_) max_ = tokens;
  }

  [[nodiscard]] std::uint64_t count() const;
  [[nodiscard]] std::uint64_t count(std::size_t bin) const { return counts_[bin]; }
  /// Mean of the counts in a bin; its middle when it is empty.
  [[nodiscard]] double bin_mean(std::size_t bin) const;
  [[nodiscard]] double sum() const;
  [[nodiscard]] double mean() const;
  [[nodiscard]] double variance() const;  ///< of the population; exactly 0 when all are equal

  /// At most `max_bins` bins that follow the data as closely as so many can (docs/workload.md,
  /// eq. (2)), with the exact moments. REQUIRES: count() > 0.
  [[nodiscard]] LengthDistribution distribution(std::size_t max_bins = 40) const;

 private:
  std::array<std::uint64_t, LengthScale::kBins> counts_{};
  std::array<double, LengthScale::kBins> sums_{};
  double squares_ = 0.0;
  std::uint32_t min_ = ~std::uint32_t{0};
  std::uint32_t max_ = 0;
};

}  // namespace berth
