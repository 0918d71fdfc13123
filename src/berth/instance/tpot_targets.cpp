#include "berth/instance/tpot_targets.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "berth/instance/planned_for.h"

namespace berth {

std::optional<Seconds> tpot_limit(const FleetClass& query_class) {
  const ServiceLevel& slo = query_class.slo;
  std::optional<Seconds> limit = slo.tpot;
  const double later_tokens = query_class.traffic.output_tokens.quantile(slo.percentile) - 1.0;
  if (slo.e2e && later_tokens > 0.0) {
    const double e2e = slo.e2e->value;
    const double first_token =
        slo.ttft && *slo.ttft < *slo.e2e ? slo.ttft->value : kFirstTokenReserve * e2e;
    const Seconds implied((e2e - first_token) / later_tokens);
    limit = limit ? std::min(*limit, implied) : implied;
  }
  if (limit) limit = Seconds(limit->value * query_class.margin.tpot);
  return limit;
}

std::optional<Seconds> planned_tpot_limit(const FleetPolicy& policy,
                                          const FleetClass& query_class) {
  std::optional<Seconds> limit = tpot_limit(query_class);
  if (limit) limit->value /= planned_for(policy, query_class.margin).times;
  return limit;
}

namespace {

struct DistinctLimits {
  std::vector<double> value;       ///< ascending
  std::vector<double> weight_sum;  ///< of the first k, how many limits
  std::vector<double> log_sum;     ///< of the first k, the sum of their logarithms

  /// Sum of log(limit / value[first]) over the limits of [first, end).
  [[nodiscard]] double loss(std::size_t first, std::size_t end) const {
    return log_sum[end] - log_sum[first] -
           (weight_sum[end] - weight_sum[first]) * std::log(value[first]);
  }
};

DistinctLimits distinct(std::vector<Seconds> limits) {
  std::sort(limits.begin(), limits.end());
  DistinctLimits d{{}, {0.0}, {0.0}};
  for (const Seconds limit : limits) {
    assert(limit.value > 0.0);
    if (d.value.empty() || d.value.back() != limit.value) {
      d.value.push_back(limit.value);
      d.weight_sum.push_back(d.weight_sum.back());
      d.log_sum.push_back(d.log_sum.back());
    }
    d.weight_sum.back() += 1.0;
    d.log_sum.back() += std::log(limit.value);
  }
  return d;
}

}  // namespace

std::vector<Seconds> choose_targets(std::vector<Seconds> limits, int count) {
  assert(count >= 1);
  const DistinctLimits d = distinct(std::move(limits));
  const std::size_t n = d.value.size();
  const std::size_t groups = std::min(n, static_cast<std::size_t>(count));
  // best[end]: least loss of the first `end` limits in g groups; start[g][end]: where the last
  // begins.
  std::vector<double> best(1, 0.0);
  best.resize(n + 1, std::numeric_limits<double>::infinity());
  std::vector<std::vector<std::size_t>> start(groups, std::vector<std::size_t>(n + 1, 0));
  for (std::size_t g = 0; g < groups; ++g) {
    std::vector<double> next(n + 1, std::numeric_limits<double>::infinity());
    for (std::size_t end = g + 1; end <= n; ++end) {
      for (std::size_t first = g; first < end; ++first) {
        const double loss = best[first] + d.loss(first, end);
        if (loss < next[end]) {
          next[end] = loss;
          start[g][end] = first;
        }
      }
    }
    best = std::move(next);
  }
  std::vector<Seconds> targets(groups);
  std::size_t end = n;
  for (std::size_t g = groups; g-- > 0;) {
    end = start[g][end];
    targets[g] = Seconds(d.value[end]);
  }
  return targets;
}

std::vector<std::optional<Seconds>> option_targets(const Fleet& fleet) {
  std::vector<Seconds> limits;
  bool unlimited = false;
  for (const FleetClass& query_class : fleet.classes) {
    if (const auto limit = planned_tpot_limit(fleet.policy, query_class)) {
      limits.push_back(*limit);
    } else {
      unlimited = true;
    }
  }
  std::vector<std::optional<Seconds>> targets;
  if (!limits.empty()) {
    for (const Seconds target : choose_targets(limits, std::max(1, fleet.policy.tpot_targets))) {
      targets.emplace_back(target);
    }
  }
  if (unlimited) targets.emplace_back(std::nullopt);
  return targets;
}

}  // namespace berth
