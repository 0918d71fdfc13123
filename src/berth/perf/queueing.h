#pragma once
// Waiting before a replica's slots: Allen-Cunneen / Kimura on Erlang-C (docs/model.md, "Waiting").
// A replica is one queue of c = B* slots: routing by weights splits the arrivals over replicas, so
// slots of other replicas do not help a waiting request.

namespace berth {

/// Probability that an arrival waits in M/M/c at utilisation rho (Erlang C). REQUIRES: c >= 1, 0 <=
/// rho < 1.
[[nodiscard]] double erlang_c(double servers, double utilization);

/// P(W > t) of GI/G/c: Erlang-C wait with the exponential tail scaled by (ca^2 + cs^2)/2.
[[nodiscard]] double wait_exceeds(double t, double servers, double utilization, double service_s,
                                  double arrival_variability, double service_variability);

/// rho_max: largest utilisation at which P(W > slack) <= 1 - percentile. In [0, kMaxUtilization].
/// Fast (a table over (servers, scaled slack), interpolated downwards so never optimistic):
/// called once per pair of the instance. 0 if slack <= 0.
[[nodiscard]] double max_utilization(double slack, double servers, double service_s,
                                     double arrival_variability, double service_variability,
                                     double percentile);

inline constexpr double kMaxUtilization = 0.98;

}  // namespace berth
