#pragma once
// What a simulation found, in the words that table, page and charts share.

#include <cstdint>
#include <string>
#include <vector>

#include "berth/evaluate/simulation/simulate.h"
#include "berth/plan/plan.h"

namespace berth {

/// False of the value that stands for no limit.
[[nodiscard]] bool is_limited(double limit_s);

/// The class of that name; null if the plan has none.
[[nodiscard]] const PlanClass* planned_class(const Plan& plan, const std::string& name);

/// Requests that should have been served and were not: dropped beyond the plan's refusals, or
/// still queued.
[[nodiscard]] std::uint64_t lost_requests(const ClassReport& row);

/// "97.3 ±0.4 %"; without its interval where there is none
[[nodiscard]] std::string share_text(const Estimate& share);

/// "312 ms ±8 ms"; without its interval where there is none
[[nodiscard]] std::string time_text(const Estimate& seconds);

/// A mean of sequences or requests: "0.42", "45.2", "4,435"
[[nodiscard]] std::string mean_text(double count);

/// "p95"
[[nodiscard]] std::string percentile_text(double percentile);

/// One of a class's three times beside its limit and the plan's number.
struct ReplayedTime {
  const char* metric = "";  ///< "TTFT"
  const LatencyEstimate* measured = nullptr;
  const Estimate* within = nullptr;  ///< share within the limit
  double limit_s = 1e300;
  double predicted_s = 0.0;  ///< 0: the plan says nothing
};

/// TTFT, TPOT, E2E, in this order. Pointers refer to `row`.
[[nodiscard]] std::vector<ReplayedTime> replayed_times(const ClassReport& row, const Plan& plan);

enum class ReplayVerdict {
  kHolds,   ///< at 95 % confidence
  kUnsure,  ///< the measured shares suffice, the lower ends of their intervals do not
  kMisses,
  kUnknown,  ///< no request was measured
};

[[nodiscard]] ReplayVerdict verdict_of(const ClassReport& row);
/// Of one time: its share within the limit against the class's percentile.
[[nodiscard]] ReplayVerdict verdict_of(const ReplayedTime& time, double percentile);

/// "holds", "not sure", "misses", "nothing measured"
[[nodiscard]] std::string verdict_word(ReplayVerdict verdict);

/// "chat holds at 95 % confidence: p95 TTFT 312 ms of 1 s, ..." One sentence, the name as it is.
[[nodiscard]] std::string verdict_sentence(const ClassReport& row, const Plan& plan);

/// What a replica of the deployment did on average in each stretch of its timeline: shares of the
/// time busy, sequences, requests, share of the cache. `measured_s` as in the report: the last
/// stretch may be shorter.
[[nodiscard]] std::vector<Occupancy> replica_means(const DeploymentReport& row, double measured_s);

}  // namespace berth
