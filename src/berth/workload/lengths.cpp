#include "berth/workload/lengths.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

namespace berth {
namespace {

// A log-normal is cut at +-4 standard deviations of its logarithm (all but 6e-5 of the mass), so
// that `max` stays a length somebody may really send.
constexpr int kMomentBins = 64;
constexpr double kCut = 4.0;

double normal_distribution(double z) { return 0.5 * std::erfc(-z / std::numbers::sqrt2); }

}  // namespace

LengthDistribution LengthDistribution::constant(double tokens) {
  return from_bins({LengthBin{tokens, tokens, 1.0}}, tokens, 0.0);
}

LengthDistribution LengthDistribution::from_moments(double mean, double standard_deviation) {
  assert(mean > 0 && standard_deviation >= 0);
  if (standard_deviation == 0) return constant(mean);
  const double variation = standard_deviation / mean;
  const double sigma = std::sqrt(std::log1p(variation * variation));
  const double mu = std::log(mean) - 0.5 * sigma * sigma;
  const auto z_of = [](int edge) { return kCut * (2.0 * edge / kMomentBins - 1.0); };
  std::vector<LengthBin> bins;
  bins.reserve(kMomentBins);
  for (int i = 0; i < kMomentBins; ++i) {
    const double low = z_of(i);
    const double high = z_of(i + 1);
    bins.push_back({std::exp(mu + sigma * low), std::exp(mu + sigma * high),
                    normal_distribution(high) - normal_distribution(low)});
  }
  return from_bins(std::move(bins), mean, standard_deviation);
}

LengthDistribution LengthDistribution::from_bins(std::vector<LengthBin> bins) {
  double total = 0.0;
  double mean = 0.0;
  for (const LengthBin& bin : bins) {
    total += bin.share;
    mean += bin.share * 0.5 * (bin.lower + bin.upper);
  }
  assert(total > 0);
  mean /= total;
  double variance = 0.0;
  for (const LengthBin& bin : bins) {
    const double offset = 0.5 * (bin.lower + bin.upper) - mean;
    variance += bin.share * offset * offset;
  }
  return from_bins(std::move(bins), mean, std::sqrt(variance / total));
}

LengthDistribution LengthDistribution::from_bins(std::vector<LengthBin> bins, double mean,
                                                 double standard_deviation) {
  assert(!bins.empty());
  double total = 0.0;
  for (std::size_t i = 0; i < bins.size(); ++i) {
    assert(bins[i].share >= 0 && bins[i].lower <= bins[i].upper);
    assert(i == 0 || bins[i - 1].upper <= bins[i].lower);
    total += bins[i].share;
  }
  assert(total > 0);
  LengthDistribution lengths;
  lengths.cumulative_.reserve(bins.size());
  double running = 0.0;
  for (LengthBin& bin : bins) {
    bin.share /= total;
    running += bin.share;
    lengths.cumulative_.push_back(running);
  }
  // Rounding must not leave quantile(1) beyond the last bin that holds anything.
  for (std::size_t i = bins.size(); i-- > 0;) {
    lengths.cumulative_[i] = 1.0;
    if (bins[i].share > 0) break;
  }
  lengths.bins_ = std::move(bins);
  lengths.mean_ = mean;
  lengths.standard_deviation_ = standard_deviation;
  return lengths;
}

double LengthDistribution::squared_variation() const {
  if (mean_ == 0) return 0.0;
  const double variation = standard_deviation_ / mean_;
  return variation * variation;
}

double LengthDistribution::max() const {
  for (std::size_t i = bins_.size(); i-- > 0;) {
    if (bins_[i].share > 0) return bins_[i].upper;
  }
  return 0.0;
}

double LengthDistribution::quantile(double p) const {
  assert(p >= 0 && p <= 1);
  if (bins_.empty()) return 0.0;
  // The first bin whose cumulative share reaches p and that holds anything (p = 0: the lowest).
  const auto reached = p > 0 ? std::lower_bound(cumulative_.begin(), cumulative_.end(), p)
                             : std::upper_bound(cumulative_.begin(), cumulative_.end(), 0.0);
  const auto index = static_cast<std::size_t>(reached - cumulative_.begin());
  const LengthBin& bin = bins_[std::min(index, bins_.size() - 1)];
  const double before = index == 0 ? 0.0 : cumulative_[index - 1];
  if (bin.share <= 0) return bin.upper;
  const double inside = std::clamp((p - before) / bin.share, 0.0, 1.0);
  return bin.lower + inside * (bin.upper - bin.lower);
}

}  // namespace berth
