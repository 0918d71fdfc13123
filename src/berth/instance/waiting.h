#pragma once
// How long requests of a pair wait, and the least utilisation worth planning with.
// docs/formulation.md, "Waiting".

#include <algorithm>
#include <cmath>

namespace berth {

/// A pair whose SLO leaves less than this utilisation is rejected: it would need a thousand times
/// its share of replicas.
inline constexpr double kMinUtilization = 1e-3;

/// Replicas that a class's arrivals are dealt out to if all of it goes to one deployment: y =
/// demand / rho(y), where rho(y) is how busy they may be when each sees a y-th of the bursts.
/// `demand`: replicas it would fill wholly. The more replicas, the smoother their arrivals, the
/// busier they may be: one root, found by false position over ln y from the side of more replicas.
/// `rho` is called at most kShareSteps + 2 times.
inline constexpr int kShareSteps = 32;
template <class Rho>
[[nodiscard]] double sharing_replicas(double demand, double arrival_variability, const Rho& rho) {
  const double least = std::max(1.0, demand);
  constexpr double kPoisson = 1.01;    // nothing to smooth below this
  constexpr double kNear = 2e-3;       // of y
  constexpr double kBusyEnough = 0.9;  // nothing to gain above this
  if (arrival_variability <= kPoisson) return least;
  const auto wanted = [&](double y) {
    return std::log(demand / std::max(rho(y), 1e-6)) - std::log(y);
  };
  const double first = rho(least);
  if (first >= kBusyEnough) return least;
  double low = std::log(least);
  double at_low = std::log(demand / std::max(first, 1e-6)) - low;
  if (at_low <= 0.0) return least;
  double high = low + at_low;
  double at_high = wanted(std::exp(high));
  for (int step = 0; step < kShareSteps && high - low > kNear; ++step) {
    // Not next to an end: rho may be 0 up to some y and then rise steeply.
    const double width = high - low;
    const double cut = std::clamp(at_low / (at_low - at_high), 0.25, 0.75);
    const double next = low + cut * width;
    const double value = wanted(std::exp(next));
    if (value >= 0.0) {
      low = next;
      at_low = value;
      at_high *= 0.5;  // Illinois: the end that stays counts for less
    } else {
      high = next;
      at_high = value;
      at_low *= 0.5;
    }
  }
  return std::exp(high);
}

/// rho_max of replicas that share the bursts: no busier than so many replicas are with the demand,
/// as fewer would see more of the bursts (rho may jump at y).
[[nodiscard]] inline double shared_utilization(double busiest, double demand, double replicas) {
  return replicas > std::max(1.0, demand) ? std::min(busiest, demand / replicas) : busiest;
}

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
