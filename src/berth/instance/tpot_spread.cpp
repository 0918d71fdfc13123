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
  // P(above x) is convex and falls: Newton's steps from the left do not pass the root.
  double x = 0.0;
  constexpr int kMostSteps = 60;
  for (int step = 0; step < kMostSteps; ++step) {
    double above = 0.0;
    double density = 0.0;
    for (const double root : roots) {
      if (root <= 0.0) continue;
      const double z = x * root;
      above += 0.5 * std::erfc(z / std::numbers::sqrt2);
      density += root * std::exp(-0.5 * z * z) / std::sqrt(2.0 * std::numbers::pi);
    }
    const double excess = above / kSamples - tail;
    if (excess <= 0.0) break;
    const double gain = excess * kSamples / density;
    x += gain;
    if (gain <= 1e-9 * x) break;
  }
  return x;
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
