// What Prometheus reads of a service.

#include <chrono>

#include "berth/core/open_metrics.h"
#include "berth/manifest/render.h"
#include "berth/service/state.h"

namespace berth {
namespace {

void write_active(const ActivePlan& active, const std::string& name_space, double now,
                  OpenMetrics& out) {
  const Plan& plan = active.plan;
  out.family("berth_desired_replicas", "Of the active plan.");
  const std::vector<std::string> objects = object_names(plan);
  for (std::size_t k = 0; k < plan.deployments.size(); ++k) {
    out.sample(plan.deployments[k].replicas, {{"variant", objects[k]},
                                              {"namespace", name_space},
                                              {"accelerator", plan.deployments[k].gpu}});
  }
  out.value("berth_plan_cost_usd_per_hour", "Of the active plan.", plan.cost.total().usd());
  if (plan.gap) out.value("berth_plan_gap", "Proven, of the active plan.", *plan.gap);
  out.value("berth_plan_age_seconds", "Since the active plan was made.", now - active.created_s);
  out.family("berth_predicted_ttft_seconds", "Of the active plan, at the class's percentile.");
  for (const PlanClass& row : plan.classes) out.sample(row.ttft_s, {{"class", row.name}});
  out.family("berth_predicted_tpot_seconds", "Of the active plan, at the class's percentile.");
  for (const PlanClass& row : plan.classes) out.sample(row.tpot_s, {{"class", row.name}});
}

void write_jobs(const JobCounts& counts, OpenMetrics& out) {
  out.value("berth_jobs_queued", "That wait.", static_cast<double>(counts.queued));
  out.value("berth_jobs_running", "That compute; one that was cancelled until it notices.",
            static_cast<double>(counts.running));
  out.family("berth_jobs", "Ended since the start, and refused because too many waited.",
             "counter");
  out.sample(static_cast<double>(counts.done), {{"state", "done"}});
  out.sample(static_cast<double>(counts.failed), {{"state", "failed"}});
  out.sample(static_cast<double>(counts.cancelled), {{"state", "cancelled"}});
  out.sample(static_cast<double>(counts.refused), {{"state", "refused"}});
}

}  // namespace

double wall_clock_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

std::string service_metrics(ServiceState& state) {
  OpenMetrics out;
  if (const auto active = state.plans->active()) {
    write_active(*active, state.options.name_space, wall_clock_s(), out);
  }
  out.value("berth_solve_seconds", "Of the last plan that was made.", state.last_solve_s);
  if (const Result<std::int64_t> count = state.plans->count()) {
    out.value("berth_plans", "In the history.", static_cast<double>(*count));
  }
  write_jobs(state.jobs->counts(), out);
  out.family("berth_http_answers", "Since the start, by class of status; also of what is refused.",
             "counter");
  constexpr std::array<std::string_view, 4> kClasses = {"2xx", "3xx", "4xx", "5xx"};
  for (std::size_t k = 0; k < kClasses.size(); ++k) {
    out.sample(static_cast<double>(state.answers[k].load()), {{"status", kClasses[k]}});
  }
  out.family("berth_http_faults", "Connections that an exception ended.", "counter");
  out.sample(static_cast<double>(state.faults.load()));
  return std::move(out).finish();
}

}  // namespace berth
