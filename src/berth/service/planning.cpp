#include "berth/service/planning.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include <fmt/format.h>

#include "berth/http/problem.h"
#include "berth/pipeline/pipeline.h"
#include "berth/service/requested.h"
#include "berth/service/sent_fleet.h"
#include "berth/solve/registry.h"

namespace berth {
namespace {

constexpr double kMostChanges = 1e9;

std::vector<std::string_view> method_names() {
  std::vector<std::string_view> names;
  for (const Method& method : methods()) names.push_back(method.name);
  return names;
}

/// What a plan is made from. The fleet must stay where it is while it is planned.
struct Planning {
  Fleet fleet;
  std::string fleet_text;
  std::string request_json;
  std::string title;
  PlanRequest request;
  std::optional<Plan> current;
  std::optional<std::int64_t> current_id;
};

/// What only means something beside a plan that runs, and what contradicts.
Errors contradictions(const Call& call) {
  Errors errors;
  for (const char* name : {"max_changes", "hold", "hysteresis"}) {
    if (call.given(name) && !call.given("current")) {
      errors.push_back({ErrorCode::kInconsistent, "means nothing without a plan that runs", name,
                        "say which with current=ID"});
    }
  }
  if (call.given("robust") && call.given("survive")) {
    errors.push_back(
        {ErrorCode::kInconsistent, "robust and survive exclude each other", "survive", ""});
  }
  return errors;
}

/// A title that is a name names the fleet in the plan.
std::string fleet_name(const std::string& title) {
  const bool name =
      !title.empty() && title.size() <= 63 && std::all_of(title.begin(), title.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               c == '-' || c == '_' || c == '.';
      });
  return name ? title : "fleet";
}

Result<std::shared_ptr<Planning>> read_planning(ServiceState& state, const Call& call) {
  auto planning = std::make_shared<Planning>();
  planning->title = call.given("title") ? call.text("title") : "";
  planning->fleet_text = call.request().body;
  planning->request_json = requested_json(call);
  Errors errors = contradictions(call);
  Result<Fleet> fleet = parse_sent_fleet(fleet_name(planning->title), planning->fleet_text);
  if (!fleet) errors.insert(errors.end(), fleet.errors().begin(), fleet.errors().end());
  if (call.given("current")) {
    planning->current_id = call.integer("current");
    Result<Plan> current = state.plans->plan(*planning->current_id);
    if (current) {
      planning->current = *std::move(current);
    } else {
      for (Error error : current.errors()) {
        error.where = "current";
        errors.push_back(std::move(error));
      }
    }
  }
  if (!errors.empty()) return errors;
  planning->fleet = *std::move(fleet);
  apply_requested_policy(planning->request_json, planning->fleet.policy);
  PlanRequest& request = planning->request;
  request.method = call.text("method");
  request.seed = static_cast<std::uint64_t>(call.integer("seed"));
  request.bound = call.flag("bound");
  request.limits.threads = state.options.threads;
  request.limits.time = state.options.time_limit;
  if (call.given("time_limit")) {
    request.limits.time.value = std::min(request.limits.time.value, call.number("time_limit"));
  }
  if (call.given("gap")) request.limits.gap = call.number("gap");
  if (planning->current) request.current = &*planning->current;
  if (call.given("max_changes"))
    request.max_changes = static_cast<int>(call.integer("max_changes"));
  return planning;
}

/// Where a solve ended: the last that those who watch are told.
Progress final_progress(const Plan& plan) {
  Progress progress;
  progress.incumbent = plan.cost.total().usd();
  progress.bound = plan.lower_bound;
  return progress;
}

Result<JobResult> make_and_keep(ServiceState& state, Planning& planning, JobContext& context) {
  planning.request.limits.stop = context.stop();
  planning.request.limits.on_progress = [&context](const Progress& p) { context.progress(p); };
  const auto begin = std::chrono::steady_clock::now();
  Result<PlanOutcome> outcome = make_plan(planning.fleet, planning.request);
  if (!outcome) return told_over_http(outcome.errors(), true);
  if (!context.settle()) return Error{ErrorCode::kLimitReached, "cancelled", "", ""};
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  context.progress(final_progress(outcome->plan));
  state.last_solve_s = seconds;
  const Result<std::int64_t> id =
      state.plans->add(StoredEntry{wall_clock_s(), planning.title, planning.fleet_text,
                                   planning.request_json, context.trajectory_json(),
                                   planning.current_id, seconds, std::move(outcome->plan)},
                       {state.options.keep, state.jobs->plans()});
  if (!id) return id.errors();
  const Result<PlanStore::Text> record = state.plans->record(*id);
  if (!record) return record.errors();
  JobResult result{fmt::format(R"({{"plan":{}}})", *id), {}};
  result.response.status = 201;
  result.response.body = *record;
  result.response.headers.emplace_back("Location", fmt::format("/v1/plans/{}", *id));
  return result;
}

}  // namespace

std::vector<RouteParameter> planning_parameters() {
  return {
      {.name = "method",
       .type = ParameterType::kChoice,
       .about = "how to solve it",
       .choices = method_names(),
       .fallback = "\"auto\""},
      {.name = "time_limit",
       .type = ParameterType::kDuration,
       .about = "stop after so long with the best plan so far; the server's own limit where that "
                "is less",
       .max = 86400,
       .above = true},
      {.name = "gap",
       .type = ParameterType::kShare,
       .about = "stop when the plan is proven to be this near the optimum",
       .max = 0.99},
      {.name = "seed",
       .type = ParameterType::kInteger,
       .about = "of the random choices",
       .max = 1e15,
       .fallback = "1"},
      {.name = "bound",
       .type = ParameterType::kFlag,
       .about = "prove a lower bound also for a method that brings none"},
      {.name = "headroom",
       .type = ParameterType::kShare,
       .about = "plan for so much more demand than the fleet says",
       .max = 10},
      {.name = "robust",
       .type = ParameterType::kNumber,
       .about = "keep every promise when so many classes at once turn out worse",
       .max = 1e6},
      {.name = "survive",
       .type = ParameterType::kNumber,
       .about = "keep every promise with everything so many times worse",
       .min = 1,
       .max = Survival::kMost},
      {.name = "current",
       .type = ParameterType::kInteger,
       .about = "id of the plan that runs: leaving it costs",
       .min = 1,
       .max = 1e15},
      {.name = "max_changes",
       .type = ParameterType::kInteger,
       .about = "at most so many replicas start or stop; needs current",
       .max = kMostChanges},
      {.name = "hold",
       .type = ParameterType::kDuration,
       .about = "how long the plan is kept; needs current",
       .min = 1,
       .max = 3e8},
      {.name = "hysteresis",
       .type = ParameterType::kShare,
       .about = "keep what runs unless this share is saved; needs current",
       .max = 1},
      {.name = "title", .type = ParameterType::kText, .about = "shown in the history", .max = 200},
      async_parameter()};
}

void post_plan(ServiceState& state, const Call& call, const Reply& reply) {
  const Result<std::shared_ptr<Planning>> planning = read_planning(state, call);
  if (!planning) return reply(error_response(planning.errors()));
  JobSpec spec;
  spec.kind = "plan";
  spec.title = (*planning)->title;
  spec.keeps = true;
  spec.work = [&state, planning = *planning](JobContext& context) {
    return make_and_keep(state, *planning, context);
  };
  answer_by_job(state, std::move(spec), call.flag("async"), reply);
}

}  // namespace berth
