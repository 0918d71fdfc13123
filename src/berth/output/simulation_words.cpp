#include "berth/output/simulation_words.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "berth/output/format.h"

namespace berth {
namespace {

constexpr double kLeastUnlimited = 1e299;

bool too_many_lost(const ClassReport& row) {
  const auto wanted = static_cast<double>(row.requests.arrived - row.refused);
  return static_cast<double>(lost_requests(row)) > (1.0 - row.percentile) * wanted;
}

/// "TTFT 312 ms of 1 s, TPOT 30 ms of 50 ms"
std::string kept_limits(const ClassReport& row, const Plan& plan) {
  std::string text;
  for (const ReplayedTime& time : replayed_times(row, plan)) {
    if (!is_limited(time.limit_s)) continue;
    text += fmt::format("{}{} {} of {}", text.empty() ? "" : ", ", time.metric,
                        format_seconds(time.measured->at_slo.value), format_seconds(time.limit_s));
  }
  return text;
}

/// "91.2 ±0.5 % of its requests are within TTFT 1 s", of those with that verdict
std::string shares_within(const ClassReport& row, const Plan& plan, ReplayVerdict verdict) {
  std::string text;
  for (const ReplayedTime& time : replayed_times(row, plan)) {
    if (verdict_of(time, row.percentile) != verdict) continue;
    text += fmt::format("{}{} {}within {} {}", text.empty() ? "" : ", ", share_text(*time.within),
                        text.empty() ? "of its requests are " : "", time.metric,
                        format_seconds(time.limit_s));
  }
  return text;
}

}  // namespace

std::uint64_t lost_requests(const ClassReport& row) {
  return row.requests.arrived - row.refused - row.requests.served;
}

bool is_limited(double limit_s) { return limit_s < kLeastUnlimited; }

const PlanClass* planned_class(const Plan& plan, const std::string& name) {
  for (const PlanClass& row : plan.classes) {
    if (row.name == name) return &row;
  }
  return nullptr;
}

std::string share_text(const Estimate& share) {
  if (!std::isfinite(share.half)) return fmt::format("{:.1f} %", share.value * 100.0);
  return fmt::format("{:.1f} ±{:.1f} %", share.value * 100.0, share.half * 100.0);
}

std::string time_text(const Estimate& seconds) {
  if (!std::isfinite(seconds.half)) return format_seconds(seconds.value);
  return format_seconds(seconds.value) + " ±" + format_seconds(seconds.half);
}

std::string mean_text(double count) {
  constexpr double kTwoDecimals = 10.0;
  constexpr double kOneDecimal = 100.0;
  if (count < kTwoDecimals) return fmt::format("{:.2f}", count);
  if (count < kOneDecimal) return fmt::format("{:.1f}", count);
  return format_whole(std::llround(count));
}

std::string percentile_text(double percentile) { return fmt::format("p{:g}", percentile * 100.0); }

std::vector<ReplayedTime> replayed_times(const ClassReport& row, const Plan& plan) {
  const PlanClass* planned = planned_class(plan, row.name);
  const LatencyReport& l = row.latency;
  return {{"TTFT", &l.ttft, &l.ttft_within, row.limits.ttft, planned ? planned->ttft_s : 0.0},
          {"TPOT", &l.tpot, &l.tpot_within, row.limits.tpot, planned ? planned->tpot_s : 0.0},
          {"E2E", &l.e2e, &l.e2e_within, row.limits.e2e, planned ? planned->e2e_s : 0.0}};
}

ReplayVerdict verdict_of(const ClassReport& row) {
  if (row.proven) return ReplayVerdict::kHolds;
  if (row.latency.measured == 0 && !too_many_lost(row)) return ReplayVerdict::kUnknown;
  return row.slo_met ? ReplayVerdict::kUnsure : ReplayVerdict::kMisses;
}

ReplayVerdict verdict_of(const ReplayedTime& time, double percentile) {
  if (!is_limited(time.limit_s)) return ReplayVerdict::kHolds;
  if (time.within->value < percentile) return ReplayVerdict::kMisses;
  return time.within->value - time.within->half < percentile ? ReplayVerdict::kUnsure
                                                             : ReplayVerdict::kHolds;
}

std::string verdict_word(ReplayVerdict verdict) {
  switch (verdict) {
    case ReplayVerdict::kHolds: return "holds";
    case ReplayVerdict::kUnsure: return "not sure";
    case ReplayVerdict::kMisses: return "misses";
    case ReplayVerdict::kUnknown: break;
  }
  return "nothing measured";
}

std::string verdict_sentence(const ClassReport& row, const Plan& plan) {
  const std::string asked = fmt::format("{:g} % are asked", row.percentile * 100.0);
  switch (verdict_of(row)) {
    case ReplayVerdict::kUnknown: return row.name + ": no request was measured.";
    case ReplayVerdict::kHolds: {
      const std::string kept = kept_limits(row, plan);
      if (kept.empty()) return row.name + " holds: it has no limit on its times.";
      return fmt::format("{} holds at 95 % confidence: {} {}.", row.name,
                         percentile_text(row.percentile), kept);
    }
    case ReplayVerdict::kUnsure:
      return fmt::format("{} holds, but not at 95 % confidence: {}; {}. A longer replay says more.",
                         row.name, shares_within(row, plan, ReplayVerdict::kUnsure), asked);
    case ReplayVerdict::kMisses: break;
  }
  std::string text;
  if (row.latency.measured > 0) text = shares_within(row, plan, ReplayVerdict::kMisses);
  if (too_many_lost(row)) {
    text += fmt::format("{}{} of its {} requests were not served", text.empty() ? "" : "; ",
                        format_count(lost_requests(row)), format_count(row.requests.arrived));
  }
  return fmt::format("{} misses: {}; {}.", row.name, text, asked);
}

std::vector<Occupancy> replica_means(const DeploymentReport& row, double measured_s) {
  // The last stretch counts for what there is of it, but not for a sliver whose mean says nothing.
  constexpr double kLeastPart = 0.05;
  std::vector<Occupancy> means;
  for (std::size_t k = 0; k < row.timeline.size(); ++k) {
    const double left = measured_s - row.timeline_s * static_cast<double>(k);
    const double seconds = std::clamp(left, kLeastPart * row.timeline_s, row.timeline_s);
    const Occupancy& sum = row.timeline[k];
    // A pass that is under way when the last request comes is told to its end: never shorter than
    // what was busy.
    const double whole = std::max(seconds * std::max(1, row.replicas), sum.busy);
    means.push_back(
        {sum.busy / whole, sum.running / whole, sum.waiting / whole, sum.blocks / whole});
  }
  return means;
}

}  // namespace berth
