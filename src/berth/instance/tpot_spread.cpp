#include "berth/instance/tpot_spread.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace berth {
namespace {

/// Square roots of the gaps of equally likely outputs.
constexpr std::size_t kSamples = 64;

std::array<double, kSamples> roots_of_gaps(const LengthDistribution& outputs) {
  std::array<double, kSamples> roots{};
  for (std::size_t k = 0; k < kSamples; ++k) {
    const double output = outputs.quantile((static_cast<double>(k) + 0.5) / kSamples);
    roots[k] = std::sqrt(std::max(0.0, std::ceil(output) - 1.0));
  }
  return roots;
}

}  // namespace

double deviations_of_mean_gap(const LengthDistribution& outputs, double percentile) {
  const std::array<double, kSamples> roots = roots_of_gaps(outputs);
  const double tail = 1.0 - percentile;
  const auto above = [&](double x) {
    double sum = 0.0;
    for (const double root : roots) {
      if (root > 0.0) sum += 0.5 * std::erfc(x * root / std::numbers::sqrt2);
    }
    return sum / kSamples;
  };
  if (above(0.0) <= tail) return 0.0;
  // No root is smaller than 1, so x is no larger than a normal quantile.
  double low = 0.0;
  double high = 8.0;
  constexpr int kHalvings = 30;
  for (int step = 0; step < kHalvings; ++step) {
    const double middle = 0.5 * (low + high);
    (above(middle) > tail ? low : high) = middle;
  }
  return high;
}

RequestKind running_kind(const FleetClass& query_class) {
  const QueryClass& traffic = query_class.traffic;
  RequestKind kind;
  kind.output = std::max(1.0, traffic.output_tokens.mean());
  // A sequence is met in proportion to its length, on average half-way.
  kind.context = std::max(1.0, traffic.prompt_tokens.mean()) +
                 0.5 * kind.output * (1.0 + traffic.output_tokens.squared_variation());
  kind.tpot_spread = deviations_of_mean_gap(traffic.output_tokens, query_class.slo.percentile) *
                     std::sqrt((1.0 + traffic.prompt_tokens.squared_variation()) / kind.output);
  return kind;
}

}  // namespace berth
