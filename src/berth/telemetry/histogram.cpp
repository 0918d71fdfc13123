#include "berth/telemetry/histogram.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace berth {
namespace {

constexpr std::size_t kPieces = 4;  // a bucket is cut into so many
constexpr double kAllTheWay = 1.0 - 1e-9;
// A tail beyond the last edge is taken to reach at most so many times as far.
constexpr double kLongestTail = 16.0;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// A bucket with something in it.
struct Filled {
  double lower, upper;
  double share;
};

/// Monotone cubic through points (Fritsch and Carlson 1980): slopes that never overshoot.
class MonotoneCurve {
 public:
  MonotoneCurve(std::vector<double> x, std::vector<double> y) : x_(std::move(x)), y_(std::move(y)) {
    const std::size_t n = x_.size();
    std::vector<double> secant(n - 1);
    for (std::size_t i = 0; i + 1 < n; ++i) secant[i] = (y_[i + 1] - y_[i]) / (x_[i + 1] - x_[i]);
    slope_.assign(n, 0.0);
    slope_.front() = secant.front();
    slope_.back() = secant.back();
    for (std::size_t i = 1; i + 1 < n; ++i) {
      // Of densities that differ by much the geometric mean is nearest to what log-normal lengths
      // have there; three times the smaller secant is the most that cannot overshoot.
      const double smaller = std::min(secant[i - 1], secant[i]);
      slope_[i] = std::min(std::sqrt(secant[i - 1] * secant[i]), 3.0 * smaller);
    }
  }

  /// REQUIRES: x between points i and i + 1.
  [[nodiscard]] double at(std::size_t i, double x) const {
    const double width = x_[i + 1] - x_[i];
    const double t = (x - x_[i]) / width;
    const double t2 = t * t;
    const double t3 = t2 * t;
    return (2 * t3 - 3 * t2 + 1) * y_[i] + (t3 - 2 * t2 + t) * width * slope_[i] +
           (3 * t2 - 2 * t3) * y_[i + 1] + (t3 - t2) * width * slope_[i + 1];
  }

 private:
  std::vector<double> x_;
  std::vector<double> y_;
  std::vector<double> slope_;
};

/// Pieces of the filled buckets, as positions 0..1 inside their bucket.
struct Piece {
  std::size_t bucket;
  double from, to;
  double share;
};

/// Every position s inside its bucket becomes s + pull * (1 - s), or s * (1 + pull) where pull is
/// negative: 1 is the upper edge for all, -1 the lower one. The mean is linear on both sides of 0.
std::vector<LengthBin> pulled(const std::vector<Filled>& buckets, const std::vector<Piece>& pieces,
                              double pull) {
  const auto moved = [&](double s) { return pull >= 0 ? s + pull * (1.0 - s) : s * (1.0 + pull); };
  std::vector<LengthBin> bins;
  bins.reserve(pieces.size());
  for (const Piece& piece : pieces) {
    const Filled& bucket = buckets[piece.bucket];
    const double width = bucket.upper - bucket.lower;
    const LengthBin bin{bucket.lower + width * moved(piece.from),
                        bucket.lower + width * moved(piece.to), piece.share};
    const bool same_point = !bins.empty() && bin.lower == bin.upper &&
                            bins.back().lower == bin.lower && bins.back().upper == bin.upper;
    if (same_point) {
      bins.back().share += bin.share;
    } else {
      bins.push_back(bin);
    }
  }
  return bins;
}

double mean_of(const std::vector<LengthBin>& bins) {
  double sum = 0.0;
  double mass = 0.0;
  for (const LengthBin& bin : bins) {
    sum += bin.share * 0.5 * (bin.lower + bin.upper);
    mass += bin.share;
  }
  return sum / mass;
}

/// Where the infinite bucket is taken to end, so that the mean comes out.
double tail_edge(const BucketCounts& buckets, std::optional<double> mean) {
  const double edge = std::max(buckets.last_edge(), 1.0);
  if (!mean) return 2.0 * edge;
  double below = 0.0;
  double previous_edge = 0.0;
  double previous = 0.0;
  for (const auto& [upper, count] : buckets.counts()) {
    if (!std::isfinite(upper)) break;
    below += (count - previous) * 0.5 * (previous_edge + upper);
    previous_edge = upper;
    previous = count;
  }
  const double tail = buckets.total() - previous;
  const double tail_mean = (*mean * buckets.total() - below) / tail;
  return std::clamp(edge + 2.0 * (tail_mean - edge), edge * 1.01, edge * kLongestTail);
}

struct Cut {
  std::vector<Filled> buckets;
  std::vector<Piece> pieces;
};

Cut cut_buckets(const BucketCounts& buckets, std::optional<double> mean) {
  std::vector<double> edges = {0.0};
  std::vector<double> shares = {0.0};
  for (const auto& [upper, count] : buckets.counts()) {
    const double edge = std::isfinite(upper) ? upper : tail_edge(buckets, mean);
    if (edge <= edges.back()) continue;  // an edge at or below 0
    // A tail without anything in it does not stretch the curve.
    if (!std::isfinite(upper) && buckets.beyond_last_edge() <= 0) continue;
    edges.push_back(edge);
    shares.push_back(count / buckets.total());
  }
  Cut cut;
  if (edges.size() == 1) return cut;
  std::vector<double> positions;
  for (const double edge : edges) positions.push_back(std::log1p(edge));
  const MonotoneCurve curve(positions, shares);
  for (std::size_t i = 0; i + 1 < edges.size(); ++i) {
    const double share = shares[i + 1] - shares[i];
    if (share <= 0) continue;
    cut.buckets.push_back({edges[i], edges[i + 1], share});
    double before = shares[i];
    for (std::size_t k = 0; k < kPieces; ++k) {
      const double from = static_cast<double>(k) / kPieces;
      const double to = static_cast<double>(k + 1) / kPieces;
      const double length = edges[i] + to * (edges[i + 1] - edges[i]);
      const double reached = k + 1 == kPieces ? shares[i + 1] : curve.at(i, std::log1p(length));
      const double mass = std::max(0.0, reached - before);
      if (mass > 0) cut.pieces.push_back({cut.buckets.size() - 1, from, to, mass});
      before = std::max(before, reached);
    }
  }
  return cut;
}

}  // namespace

BucketCounts::BucketCounts(const std::map<double, double>& cumulative) {
  double reached = 0.0;
  double added = 0.0;
  for (const auto& [edge, count] : cumulative) {
    if (!std::isfinite(count)) continue;
    added = std::max(added, reached - count);
    reached = std::max(reached, count);
    counts_.emplace_back(edge, reached);
  }
  if (!counts_.empty() && std::isfinite(counts_.back().first)) {
    counts_.emplace_back(kInfinity, reached);
  }
  if (reached > 0) disorder_ = added / reached;
}

double BucketCounts::last_edge() const {
  return counts_.size() < 2 ? 0.0 : counts_[counts_.size() - 2].first;
}

double BucketCounts::beyond_last_edge() const {
  if (total() <= 0) return 0.0;
  const double below = counts_.size() < 2 ? 0.0 : counts_[counts_.size() - 2].second;
  return (total() - below) / total();
}

double BucketCounts::quantile(double p, bool& beyond) const {
  const double wanted = p * total();
  double edge = 0.0;
  double before = 0.0;
  beyond = false;
  for (const auto& [upper, count] : counts_) {
    if (count >= wanted && count > before) {
      beyond = !std::isfinite(upper);
      if (beyond) return edge;
      return edge + (upper - edge) * (wanted - before) / (count - before);
    }
    if (std::isfinite(upper)) edge = upper;
    before = count;
  }
  return edge;
}

RefinedLengths refine(const BucketCounts& buckets, std::optional<double> mean) {
  const Cut cut = cut_buckets(buckets, mean);
  RefinedLengths refined;
  if (cut.pieces.empty()) {  // every length is 0
    refined.bins = {{0.0, 0.0, 1.0}};
    refined.mean_fits = !mean || *mean < 1.0;
    return refined;
  }
  refined.bins = pulled(cut.buckets, cut.pieces, 0.0);
  if (!mean) return refined;
  double least = 0.0;
  double most = 0.0;
  for (const Filled& bucket : cut.buckets) {
    least += bucket.share * bucket.lower;
    most += bucket.share * bucket.upper;
  }
  // Rounding, and tokens being whole, is no contradiction.
  const double slack = 0.01 * most + 1.0;
  refined.mean_fits = *mean >= least - slack && *mean <= most + slack;
  const double middle = mean_of(refined.bins);
  const double room = *mean > middle ? most - middle : middle - least;
  if (room > 0) {
    double pull = std::clamp((*mean - middle) / room, -1.0, 1.0);
    if (std::abs(pull) > kAllTheWay) pull = std::copysign(1.0, pull);
    refined.bins = pulled(cut.buckets, cut.pieces, pull);
  }
  return refined;
}

std::pair<double, double> moments_of(const std::vector<LengthBin>& bins) {
  double mass = 0.0;
  double sum = 0.0;
  double squares = 0.0;
  for (const LengthBin& bin : bins) {
    mass += bin.share;
    sum += bin.share * 0.5 * (bin.lower + bin.upper);
    squares +=
        bin.share * (bin.lower * bin.lower + bin.lower * bin.upper + bin.upper * bin.upper) / 3.0;
  }
  const double mean = sum / mass;
  return {mean, std::sqrt(std::max(0.0, squares / mass - mean * mean))};
}

std::vector<LengthBin> part_of(const std::vector<LengthBin>& bins, double lower, double upper) {
  const double end = upper > 0 ? upper : kInfinity;
  std::vector<LengthBin> part;
  for (const LengthBin& bin : bins) {
    const double from = std::max(bin.lower, lower);
    const double to = std::min(bin.upper, end);
    if (bin.upper == bin.lower) {
      if (bin.lower >= lower && bin.lower < end) part.push_back(bin);
      continue;
    }
    if (to > from) part.push_back({from, to, bin.share * (to - from) / (bin.upper - bin.lower)});
  }
  return part;
}

}  // namespace berth
