#include "berth/workload/fitting/length_histogram.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <numeric>
#include <vector>

#include "berth/workload/fitting/segments.h"

namespace berth {
namespace {

/// A bin of the scale that holds something.
struct Filled {
  double lower, upper;  // lower < tokens <= upper
  double mean;
  double count;
};

/// Squared error of a uniform distribution over the bins first..last, against their contents at
/// their means: eq. (2).
double uniform_error(const std::vector<Filled>& filled, std::size_t first, std::size_t last) {
  double mass = 0.0;
  for (std::size_t i = first; i <= last; ++i) mass += filled[i].count;
  const double lower = filled[first].lower;
  const double width = filled[last].upper - lower;
  double before = 0.0;
  double error = 0.0;
  for (std::size_t i = first; i <= last; ++i) {
    const double position = (before + 0.5 * filled[i].count) / mass;
    // A draw is rounded up to a whole token, half a token on average.
    const double drawn = first == last ? filled[i].mean : lower + position * width + 0.5;
    error += filled[i].count * (filled[i].mean - drawn) * (filled[i].mean - drawn);
    before += filled[i].count;
  }
  return error;
}

}  // namespace

std::uint64_t LengthHistogram::count() const {
  return std::accumulate(counts_.begin(), counts_.end(), std::uint64_t{0});
}

double LengthHistogram::bin_mean(std::size_t bin) const {
  if (counts_[bin] > 0) return sums_[bin] / static_cast<double>(counts_[bin]);
  return 0.5 * (LengthScale::first_of(bin) + LengthScale::first_of(bin + 1) - 1.0);
}

double LengthHistogram::sum() const { return std::accumulate(sums_.begin(), sums_.end(), 0.0); }

double LengthHistogram::mean() const {
  const std::uint64_t n = count();
  return n == 0 ? 0.0 : sum() / static_cast<double>(n);
}

double LengthHistogram::variance() const {
  if (min_ >= max_) return 0.0;
  const double average = mean();
  return std::max(0.0, squares_ / static_cast<double>(count()) - average * average);
}

LengthDistribution LengthHistogram::distribution(std::size_t max_bins) const {
  std::vector<Filled> filled;
  for (std::size_t bin = 0; bin < LengthScale::kBins; ++bin) {
    if (counts_[bin] == 0) continue;
    const double first = std::max(LengthScale::first_of(bin), static_cast<double>(min_));
    const double last = std::min(LengthScale::first_of(bin + 1) - 1.0, static_cast<double>(max_));
    // A single token count that stands alone is a point, not a range.
    const bool alone = filled.empty() || filled.back().upper < last - 1.0;
    filled.push_back({first == last && alone ? last : first - 1.0, last, bin_mean(bin),
                      static_cast<double>(counts_[bin])});
  }
  assert(!filled.empty());
  const std::vector<std::size_t> starts = best_segments(
      filled.size(), max_bins,
      [&](std::size_t first, std::size_t last) { return uniform_error(filled, first, last); });
  std::vector<LengthBin> bins;
  for (std::size_t s = 0; s < starts.size(); ++s) {
    const std::size_t first = starts[s];
    const std::size_t last = s + 1 < starts.size() ? starts[s + 1] - 1 : filled.size() - 1;
    double count = 0.0;
    for (std::size_t i = first; i <= last; ++i) count += filled[i].count;
    // A merged bin reaches below its first count, also where that one was a point.
    const bool merged = first != last && filled[first].lower == filled[first].upper;
    const double lower = merged ? std::max(filled[first].lower - 1.0, 0.0) : filled[first].lower;
    const double floor = bins.empty() ? lower : std::max(lower, bins.back().upper);
    bins.push_back({floor, filled[last].upper, count});
  }
  return LengthDistribution::from_bins(std::move(bins), mean(), std::sqrt(variance()));
}

}  // namespace berth
