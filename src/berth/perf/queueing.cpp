#include "berth/perf/queueing.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace berth {
namespace {

/// Above this many servers the recurrence gives way to the bound below (relative error < 1e-5).
constexpr double kExactServers = 20000.0;

/// Upper bound on Erlang C, tight within 1/(12 c): Janssen, van Leeuwaarden and Zwart, "Refining
/// square-root safety staffing by expanding Erlang C", Operations Research 59 (2011), theorem 1.
double erlang_c_bound(double servers, double rho) {
  const double gamma = (1.0 - rho) * std::sqrt(servers);
  const double half_alpha_squared = servers * (rho - 1.0 - std::log(rho));
  const double normal_density = std::exp(-half_alpha_squared) * 0.3989422804014327;
  const double normal_tail = 0.5 * std::erfc(-std::sqrt(std::max(0.0, half_alpha_squared)));
  return 1.0 / (rho + gamma * (normal_tail / normal_density + 2.0 / (3.0 * std::sqrt(servers))));
}

/// Erlang C through the recurrence of Erlang B, 1/B(k) = 1 + k/a / B(k-1), which only adds
/// positive terms and so is stable for any number of servers.
double erlang_c_exact(double servers, double rho) {
  const double whole = std::floor(servers);
  const double above = servers - whole;
  // The recurrence for `whole` and for one server more, each at its own load.
  const auto waiting = [rho](double c) {
    const double per_server = 1.0 / (c * rho);
    double inverse_blocking = 1.0;
    for (double k = 1.0; k <= c; k += 1.0) {
      inverse_blocking = 1.0 + inverse_blocking * (k * per_server);
      if (std::isinf(inverse_blocking)) return 0.0;
    }
    return 1.0 / (rho + (1.0 - rho) * inverse_blocking);
  };
  const double here = waiting(whole);
  if (above <= 0.0 || here <= 0.0) return here;
  return here * std::pow(waiting(whole + 1.0) / here, above);
}

/// Of c servers, those that Poisson arrivals would need for the same probability of waiting.
double servers_beyond_bursts(double servers, double arrival_variability) {
  return std::max(1.0, std::floor(servers) / peakedness(arrival_variability));
}

// ---- The table behind max_utilization -------------------------------------------------------
// Wanted: the largest rho with  ln C(c, rho) - k (1 - rho) <= ln q,  k = c slack / (S v).
// Each row holds ln C of one c as a broken line that nowhere lies below the true curve, so the
// crossing found on it is never optimistic. Between rows the next smaller c is taken, whose C is
// larger: again on the safe side.

constexpr std::size_t kNodes = 64;
constexpr std::size_t kSamples = 4 * (kNodes - 1) + 1;
constexpr double kExactRows = 64.0;  // beyond, the bound above
constexpr int kRowsPerOctave = 32;   // c = 1, 1 + 1/32, ..., 2, 2 + 1/16, ...
constexpr int kOctaves = 14;         // up to 2^14 servers; larger groups use the last row
constexpr double kLowestProbability = 1e-6;

struct alignas(64) Row {
  std::array<double, kNodes> rho{};
  std::array<double, kNodes> log_wait{};
};

double log_wait_probability(double servers, double rho) {
  const double c =
      servers <= kExactRows ? erlang_c_exact(servers, rho) : erlang_c_bound(servers, rho);
  return std::log(std::max(c, 1e-300));
}

/// Utilisation at which C(c, rho) is about kLowestProbability.
double lowest_utilization(double servers) {
  double low = 1e-9;
  double high = kMaxUtilization;
  for (int step = 0; step < 40; ++step) {
    const double middle = 0.5 * (low + high);
    (log_wait_probability(servers, middle) < std::log(kLowestProbability) ? low : high) = middle;
  }
  return low;
}

/// kSamples points of the curve, denser where ln C is steep: half by rho, half by depth.
struct Curve {
  std::array<double, kSamples> rho{};
  std::array<double, kSamples> log_wait{};
};

Curve sample_curve(double servers) {
  const double first = lowest_utilization(servers);
  Curve curve;
  for (std::size_t i = 0; i < kSamples; ++i) {
    const double s = static_cast<double>(i) / static_cast<double>(kSamples - 1);
    // Geometric for few servers, where C falls like rho^c; close to linear for many.
    const double power = std::pow(kMaxUtilization / first, s) * first;
    const double line = first + (kMaxUtilization - first) * s;
    curve.rho[i] = 0.5 * (power + line);
    curve.log_wait[i] = log_wait_probability(servers, curve.rho[i]);
  }
  curve.rho[kSamples - 1] = kMaxUtilization;
  return curve;
}

Row make_row(double servers) {
  constexpr std::size_t kStep = (kSamples - 1) / (kNodes - 1);
  const Curve curve = sample_curve(servers);
  Row row;
  std::array<double, kNodes> lift{};
  for (std::size_t node = 0; node < kNodes; ++node) {
    row.rho[node] = curve.rho[node * kStep];
    row.log_wait[node] = curve.log_wait[node * kStep];
  }
  for (std::size_t node = 0; node + 1 < kNodes; ++node) {
    const double width = row.rho[node + 1] - row.rho[node];
    double gap = 0.0;
    for (std::size_t i = node * kStep; i <= (node + 1) * kStep; ++i) {
      const double share = (curve.rho[i] - row.rho[node]) / width;
      const double chord =
          row.log_wait[node] + share * (row.log_wait[node + 1] - row.log_wait[node]);
      gap = std::max(gap, curve.log_wait[i] - chord);
    }
    // The samples miss the very top of the gap by less than a fifth of it.
    gap = 1.2 * gap + 1e-9;
    lift[node] = std::max(lift[node], gap);
    lift[node + 1] = std::max(lift[node + 1], gap);
  }
  for (std::size_t node = 0; node < kNodes; ++node) row.log_wait[node] += lift[node];
  return row;
}

std::vector<Row> make_rows() {
  std::vector<Row> rows;
  for (int octave = 0; octave < kOctaves; ++octave) {
    for (int k = 0; k < kRowsPerOctave; ++k) {
      rows.push_back(make_row(std::ldexp(1.0 + static_cast<double>(k) / kRowsPerOctave, octave)));
    }
  }
  rows.push_back(make_row(std::ldexp(1.0, kOctaves)));
  return rows;
}

/// The row of the largest tabulated c not above `servers`. REQUIRES: servers >= 1.
const Row& row_of(double servers) {
  static const std::vector<Row> rows = make_rows();
  if (servers >= static_cast<double>(1 << kOctaves)) return rows.back();
  const auto whole = static_cast<unsigned>(servers);
  const int octave = 31 - __builtin_clz(whole);
  const double within = servers / static_cast<double>(1U << static_cast<unsigned>(octave)) - 1.0;
  return rows[static_cast<std::size_t>(octave * kRowsPerOctave) +
              static_cast<std::size_t>(within * kRowsPerOctave)];
}

}  // namespace

double erlang_c(double servers, double utilization) {
  assert(servers >= 1.0 && utilization >= 0.0 && utilization < 1.0);
  if (utilization <= 0.0) return 0.0;
  if (servers > kExactServers) return std::min(1.0, erlang_c_bound(servers, utilization));
  return erlang_c_exact(servers, utilization);
}

double wait_exceeds(double t, double servers, double utilization, double service_s,
                    double arrival_variability, double service_variability) {
  const double busy = erlang_c(servers_beyond_bursts(servers, arrival_variability), utilization);
  if (t <= 0.0) return t < 0.0 ? 1.0 : busy;
  const double variability = 0.5 * (arrival_variability + service_variability);
  if (variability <= 0.0 || service_s <= 0.0) return 0.0;  // a clockwork queue never waits
  const double free_rate = std::floor(servers) * (1.0 - utilization) / service_s;
  return busy * std::exp(-free_rate * t / variability);
}

double wait_quantile(double servers, double utilization, double service_s,
                     double arrival_variability, double service_variability, double percentile) {
  const double variability = 0.5 * (arrival_variability + service_variability);
  const double busy = erlang_c(servers_beyond_bursts(servers, arrival_variability), utilization);
  if (busy <= 1.0 - percentile || variability <= 0.0) return 0.0;
  return std::log(busy / (1.0 - percentile)) * variability * service_s /
         (std::floor(servers) * (1.0 - utilization));
}

double max_utilization(double slack, double servers, double service_s, double arrival_variability,
                       double service_variability, double percentile) {
  if (!(slack > 0.0) || !(servers >= 1.0)) return 0.0;
  const double tail = 1.0 - percentile;
  if (!(tail > 0.0)) return 0.0;
  const double whole = std::floor(servers);
  const double spread = 0.5 * (arrival_variability + service_variability) * service_s;
  if (spread <= 0.0 || tail >= 1.0) return kMaxUtilization;
  const double decay = whole * slack / spread;
  const double limit = std::log(tail) + decay;
  const Row& row = row_of(std::max(1.0, whole / peakedness(arrival_variability)));
  // The left side of the limit above, which rises with rho, minus its right side.
  const auto excess = [&](std::size_t node) {
    return row.log_wait[node] + decay * row.rho[node] - limit;
  };
  if (!(excess(kNodes - 1) > 0.0)) return kMaxUtilization;
  if (excess(0) > 0.0) return 0.0;
  // Largest node that still satisfies the limit, by halving; then the crossing on its segment.
  static_assert((kNodes & (kNodes - 1)) == 0, "the steps below add up to kNodes - 1");
  std::size_t node = 0;
  for (std::size_t width = kNodes / 2; width > 0; width /= 2) {
    node += excess(node + width) <= 0.0 ? width : 0;
  }
  const double here = excess(node);
  const double there = excess(node + 1);
  return row.rho[node] + (row.rho[node + 1] - row.rho[node]) * (here / (here - there));
}

}  // namespace berth
