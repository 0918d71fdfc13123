#include "berth/control/status.h"

#include <algorithm>
#include <cmath>
#include <iterator>

#include <fmt/format.h>

#include "berth/core/open_metrics.h"
#include "berth/manifest/render.h"

namespace berth {
namespace {

/// With the label of the cluster's namespace.
class WatchMetrics : public OpenMetrics {
 public:
  explicit WatchMetrics(std::string name_space) : name_space_(std::move(name_space)) {}

  void replicas(std::string_view name, std::string_view help, const Plan& plan) {
    family(name, help);
    const std::vector<std::string> objects = object_names(plan);
    for (std::size_t k = 0; k < plan.deployments.size(); ++k) {
      sample(plan.deployments[k].replicas, {{"variant", objects[k]},
                                            {"namespace", name_space_},
                                            {"accelerator", plan.deployments[k].gpu}});
    }
  }

 private:
  std::string name_space_;
};

void write_plan(const WatchSnapshot& s, double now_s, WatchMetrics& out) {
  if (s.plan) {
    out.value("berth_plan_cost_usd_per_hour", "What the plan costs.", s.plan->cost.total().usd());
    if (s.plan->gap) {
      out.value("berth_plan_gap", "Proven distance from the optimum, share of the cost.",
                *s.plan->gap);
    }
    out.value("berth_plan_age_seconds", "Since the plan was decided.", now_s - s.plan_at_s);
    out.value("berth_solve_seconds", "What the last plan took.", s.solve_seconds);
    out.family("berth_predicted_ttft_seconds", "Of the plan, at the class's percentile.");
    for (const PlanClass& c : s.plan->classes) out.sample(c.ttft_s, {{"class", c.name}});
    out.family("berth_predicted_tpot_seconds", "Of the plan, at the class's percentile.");
    for (const PlanClass& c : s.plan->classes) out.sample(c.tpot_s, {{"class", c.name}});
    out.replicas("berth_desired_replicas", "Of the plan.", *s.plan);
  }
  if (s.state) out.replicas("berth_current_replicas", "Applied last.", *s.state);
}

using PredictedTime = double PredictedClass::*;
using PredictedMean = double PredictedDeployment::*;
using ObservedTime = std::optional<MeasuredTime> ClassLatency::*;

void write_expected(const RunningPrediction& predicted, WatchMetrics& out) {
  const auto times = [&](std::string_view name, PredictedTime time, PredictedMean mean) {
    out.family(name, "Of what runs, at the measured demand.");
    for (const PredictedClass& c : predicted.classes) out.sample(c.*time, {{"class", c.name}});
    for (const PredictedDeployment& d : predicted.deployments) {
      out.sample(d.*mean, {{"variant", d.object}});
    }
  };
  times("berth_expected_ttft_seconds", &PredictedClass::ttft_s, &PredictedDeployment::ttft_mean_s);
  times("berth_expected_tpot_seconds", &PredictedClass::tpot_s, &PredictedDeployment::tpot_mean_s);
  out.family("berth_expected_utilization", "Busy share of the slots, at the measured demand.");
  for (const PredictedDeployment& d : predicted.deployments) {
    out.sample(d.utilization, {{"variant", d.object}});
  }
}

/// What engines say of themselves, beside what was expected of them.
void write_observed_load(const WatchSnapshot& s, WatchMetrics& out) {
  out.family("berth_observed_utilization", "Busy share of the slots, mean of the last window.");
  for (const ClassLatency& row : s.observed_deployments) {
    if (!s.predicted || !row.running_mean) continue;
    for (const PredictedDeployment& d : s.predicted->deployments) {
      if (d.object != row.name || !(d.slots > 0.0)) continue;
      out.sample(*row.running_mean / d.slots, {{"variant", row.name}});
    }
  }
  out.family("berth_observed_kv_usage", "Share of the KV cache in use, at the last window's end.");
  for (const ClassLatency& row : s.observed_deployments) {
    if (row.kv_usage) out.sample(*row.kv_usage, {{"variant", row.name}});
  }
}

void write_observed(const WatchSnapshot& s, WatchMetrics& out) {
  if (s.predicted) write_expected(*s.predicted, out);
  const auto rows = [&](std::string_view label, const std::vector<ClassLatency>& observed,
                        ObservedTime time) {
    for (const ClassLatency& row : observed) {
      if (!(row.*time)) continue;
      for (std::size_t k = 0; k < kLatencyQuantiles.size(); ++k) {
        if ((row.*time)->beyond[k]) continue;
        const std::string quantile = shortest(kLatencyQuantiles[k]);
        out.sample((row.*time)->quantiles[k], {{label, row.name}, {"quantile", quantile}});
      }
    }
  };
  const auto times = [&](std::string_view name, ObservedTime time) {
    out.family(name, "Measured in the last window, by quantile.");
    rows("class", s.observed, time);
    rows("variant", s.observed_deployments, time);
  };
  times("berth_observed_ttft_seconds", &ClassLatency::ttft);
  times("berth_observed_tpot_seconds", &ClassLatency::tpot);
  write_observed_load(s, out);
  out.family("berth_calibration_factor", "Measured over predicted, smoothed.");
  for (const StoredCalibration& c : s.calibrations) {
    out.sample(c.factor, {{"class", c.query_class}, {"quantity", c.quantity}});
  }
}

}  // namespace

void note_decision(WatchSnapshot& snapshot, const Decision& decision) {
  using Kind = Decision::Kind;
  snapshot.last_decision = decision.reason;
  snapshot.decisions[std::string(to_string(decision.kind))] += 1.0;
  if (decision.kind == Kind::kAbandon) return;  // says nothing of either
  snapshot.frozen.reset();
  if (decision.kind == Kind::kFreeze) {
    snapshot.frozen = decision.reason;
  } else {
    snapshot.failed_looks = decision.kind == Kind::kFail ? snapshot.failed_looks + 1.0 : 0.0;
  }
}

std::string metrics_text(const WatchSnapshot& s, const std::string& name_space, double now_s) {
  WatchMetrics out(name_space);
  out.family("berth_decisions", "Since the start, by kind.", "counter");
  // All kinds from the start: a counter that begins at 1 has not risen.
  for (const Decision::Kind kind : kDecisionKinds) {
    const auto found = s.decisions.find(std::string(to_string(kind)));
    out.sample(found != s.decisions.end() ? found->second : 0.0, {{"kind", to_string(kind)}});
  }
  out.value(
      "berth_failed_looks",
      "In a row, up to now: no plan was found. Looks whose data cannot be trusted do not count.",
      s.failed_looks);
  out.value("berth_interval_seconds", "Between looks.", s.interval_s);
  out.value("berth_step_limit_seconds",
            "Of a step: what takes longer hangs. By the interval and the time limit of a plan.",
            step_limit_s(s));
  out.value("berth_frozen", "1: the data cannot be trusted, the last good plan stays.",
            s.frozen ? 1.0 : 0.0);
  if (const auto since = s.last_look_s ? s.last_look_s : s.last_step_s) {
    out.value("berth_last_look_age_seconds", "Since the demand was looked at, or since the start.",
              now_s - *since);
  }
  if (s.newest_sample_s) {
    out.value("berth_data_age_seconds", "Of the newest sample of the demand.",
              now_s - *s.newest_sample_s);
  }
  out.value("berth_migration_pending", "1: a change is on its way.", s.pending ? 1.0 : 0.0);
  out.family("berth_apply_errors", "Stages that could not be applied; they are tried again.",
             "counter");
  out.sample(s.apply_errors);
  out.family("berth_demand_requests_per_second", "Measured in the last window.");
  for (const auto& [name, rate] : s.demand) out.sample(rate, {{"class", name}});
  out.family("berth_class_measured", "1: the class's demand was found in the last look.");
  for (const auto& [name, found] : s.measured) out.sample(found ? 1.0 : 0.0, {{"class", name}});
  write_plan(s, now_s, out);
  write_observed(s, out);
  return std::move(out).finish();
}

std::optional<int> desired_replicas(const WatchSnapshot& snapshot, const std::string& deployment) {
  // What is applied counts first: while a migration lasts it asks for more than the plan.
  for (const auto* plan : {&snapshot.state, &snapshot.plan}) {
    if (!*plan) continue;
    const std::vector<std::string> objects = object_names(**plan);
    for (std::size_t k = 0; k < objects.size(); ++k) {
      const PlanDeployment& row = (*plan)->deployments[k];
      if (objects[k] == deployment || row.name == deployment) return row.replicas;
    }
  }
  return std::nullopt;
}

double step_limit_s(const WatchSnapshot& snapshot) {
  constexpr double kIntervals = 3.0;
  constexpr double kGraceSeconds = 60.0;        // to read what is asked, to apply what is planned
  constexpr double kUsualSolveSeconds = 600.0;  // of plans without a time limit
  const double solve =
      std::isfinite(snapshot.solve_limit_s) ? snapshot.solve_limit_s : kUsualSolveSeconds;
  return std::max(kIntervals * snapshot.interval_s, snapshot.interval_s + solve + kGraceSeconds);
}

bool is_alive(const WatchSnapshot& snapshot, double now_s) {
  const std::optional<double> last = std::max(snapshot.last_step_s, snapshot.last_look_s);
  return !last || now_s - *last <= step_limit_s(snapshot);
}

}  // namespace berth
