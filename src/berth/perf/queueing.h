#pragma once
// Waiting before a replica's slots: Allen-Cunneen / Kimura on Erlang-C, with Hayward's correction
// for bursts (docs/model.md, "Waiting"). A replica is one queue of c = B* slots: routing by weights
// splits the arrivals over replicas, so slots of other replicas do not help a waiting request.

#include <algorithm>

namespace berth {

inline constexpr double kMaxUtilization = 0.98;

/// ca^2 of the arrivals that one of `replicas` sees when each request goes to one of them at random
/// (thinning of a renewal process; 1 = Poisson). REQUIRES: replicas >= 1.
[[nodiscard]] inline double thinned(double arrival_variability, double replicas) {
  return 1.0 + (arrival_variability - 1.0) / replicas;
}

/// Probability that an arrival waits in M/M/c at utilisation rho (Erlang C); between whole numbers
/// of servers the geometric mean of its neighbours. REQUIRES: c >= 1, 0 <= rho < 1.
[[nodiscard]] double erlang_c(double servers, double utilization);

/// Peakedness z of arrivals: the variance of how many are in service, over their mean, if there
/// were servers for all. 1 + kappa (ca^2 - 1), kappa between 1/2 (exponential service) and 1
/// (constant). Arrivals that are smoother than Poisson's are taken for Poisson.
[[nodiscard]] inline double peakedness(double arrival_variability) {
  constexpr double kKappa = 0.7;  // least error over the grid of docs/results.md
  return 1.0 + kKappa * std::max(0.0, arrival_variability - 1.0);
}

/// P(W > t) of GI/G/c: Erlang C of c/z servers (Hayward), an exponential tail stretched by
/// (ca^2 + cs^2)/2 (Allen-Cunneen). Whole servers.
[[nodiscard]] double wait_exceeds(double t, double servers, double utilization, double service_s,
                                  double arrival_variability, double service_variability);

/// The t >= 0 with P(W > t) = 1 - percentile, s; 0 if fewer wait.
[[nodiscard]] double wait_quantile(double servers, double utilization, double service_s,
                                   double arrival_variability, double service_variability,
                                   double percentile);

/// rho_max: largest utilisation at which P(W > slack) <= 1 - percentile. In [0, kMaxUtilization].
/// Fast (a table over (servers, scaled slack), interpolated downwards so never optimistic):
/// called once per pair of the instance. 0 if slack <= 0.
[[nodiscard]] double max_utilization(double slack, double servers, double service_s,
                                     double arrival_variability, double service_variability,
                                     double percentile);

}  // namespace berth
