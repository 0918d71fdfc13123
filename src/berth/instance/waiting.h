#pragma once
// How long requests of a pair wait, and the least utilisation worth planning with.
// docs/formulation.md, "Waiting".

#include <cmath>

namespace berth {

/// A pair whose SLO leaves less than this utilisation is rejected: it would need a thousand times
/// its share of replicas.
inline constexpr double kMinUtilization = 1e-3;

/// Mean wait of GI/G/c: V S / (c (1 - rho)) rho^(sqrt(2 (c + 1)) - 1), V = (ca^2 + cs^2) / 2
/// (Sakasegawa, Annals of the Institute of Statistical Mathematics 29, 1977). For V = 1 it lies at
/// most 0.034 S above Erlang C's mean wait and 0.005 S below, without its sum over the slots.
[[nodiscard]] inline double mean_wait(double slots, double utilization, double service_s,
                                      double arrival_variability, double service_variability) {
  const double variability = 0.5 * (arrival_variability + service_variability);
  const double busy = std::pow(utilization, std::sqrt(2.0 * (slots + 1.0)) - 1.0);
  return variability * service_s / (slots * (1.0 - utilization)) * busy;
}

}  // namespace berth
