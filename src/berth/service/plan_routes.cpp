// Plans: made, listed, compared, exported.

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "berth/http/problem.h"
#include "berth/output/plan_csv.h"
#include "berth/output/report.h"
#include "berth/pipeline/pipeline.h"
#include "berth/plan/diff.h"
#include "berth/plan/diff_json.h"
#include "berth/plan/migration.h"
#include "berth/plan/plan_json.h"
#include "berth/service/exported.h"
#include "berth/service/json_text.h"
#include "berth/service/requested.h"
#include "berth/service/sent_fleet.h"
#include "berth/service/state.h"
#include "berth/solve/registry.h"

namespace berth {
namespace {

constexpr double kMostChanges = 1e9;
constexpr double kMostListed = 500;

std::vector<std::string_view> method_names() {
  std::vector<std::string_view> names;
  for (const Method& method : methods()) names.push_back(method.name);
  return names;
}

std::vector<Parameter> planning_parameters() {
  return {
      {"method", ParameterType::kChoice, "how to solve it", 0, 0, false, method_names(),
       "\"auto\""},
      {"time_limit", ParameterType::kDuration,
       "stop after so long with the best plan so far; the server's own limit where that is less", 0,
       86400, true},
      {"gap", ParameterType::kShare, "stop when the plan is proven to be this near the optimum", 0,
       0.99},
      {"seed", ParameterType::kInteger, "of the random choices", 0, 1e15, false, {}, "1"},
      {"bound", ParameterType::kFlag, "prove a lower bound also for a method that brings none"},
      {"headroom", ParameterType::kShare, "plan for so much more demand than the fleet says", 0,
       10},
      {"robust", ParameterType::kNumber,
       "keep every promise when so many classes at once turn out worse", 0, 1e6},
      {"survive", ParameterType::kNumber, "keep every promise with everything so many times worse",
       1, Survival::kMost},
      {"current", ParameterType::kInteger, "id of the plan that runs: leaving it costs", 1, 1e15},
      {"max_changes", ParameterType::kInteger,
       "at most so many replicas start or stop; needs current", 0, kMostChanges},
      {"hold", ParameterType::kDuration, "how long the plan is kept; needs current", 1, 3e8},
      {"hysteresis", ParameterType::kShare,
       "keep what runs unless this share is saved; needs current", 0, 1},
      {"title", ParameterType::kText, "shown in the history", 0, 200},
      async_parameter()};
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
      errors.insert(errors.end(), current.errors().begin(), current.errors().end());
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

Result<JobResult> make_and_keep(ServiceState& state, Planning& planning, JobContext& context) {
  planning.request.limits.stop = context.stop();
  planning.request.limits.on_progress = [&context](const Progress& p) { context.progress(p); };
  const double begin = wall_clock_s();
  Result<PlanOutcome> outcome = make_plan(planning.fleet, planning.request);
  if (!outcome) return outcome.errors();
  if (context.dropped()) return Error{ErrorCode::kLimitReached, "cancelled", "", ""};
  const double seconds = wall_clock_s() - begin;
  state.last_solve_s = seconds;
  const Result<std::int64_t> id = state.plans->add(StoredEntry{
      wall_clock_s(), planning.title, planning.fleet_text, planning.request_json,
      context.trajectory_json(), planning.current_id, seconds, std::move(outcome->plan)});
  if (!id) return id.errors();
  const Result<PlanStore::Text> record = state.plans->record(*id);
  if (!record) return record.errors();
  JobResult result{fmt::format(R"({{"plan":{}}})", *id), {}};
  result.response.status = 201;
  result.response.body = *record;
  result.response.headers.emplace_back("Location", fmt::format("/v1/plans/{}", *id));
  return result;
}

void post_plan(ServiceState& state, const Call& call, const Reply& reply) {
  const Result<std::shared_ptr<Planning>> planning = read_planning(state, call);
  if (!planning) return reply(error_response(planning.errors()));
  JobSpec spec;
  spec.kind = "plan";
  spec.title = (*planning)->title;
  spec.work = [&state, planning = *planning](JobContext& context) {
    return make_and_keep(state, *planning, context);
  };
  answer_by_job(state, std::move(spec), call.flag("async"), reply);
}

/// A document that never changes but for being active.
HttpResponse tagged(const PlanStore::Text& text) {
  HttpResponse response;
  response.body = text;
  response.headers = {{"ETag", fmt::format("\"{:x}\"", std::hash<std::string_view>{}(*text))},
                      {"Cache-Control", "no-cache"}};
  return response;
}

template <class T>
HttpResponse json_or_error(const Result<T>& text) {
  if (!text) return error_response(text.errors());
  return json_response(200, *text);
}

Result<std::string> diff_text(ServiceState& state, std::int64_t from, std::int64_t to) {
  const Result<Plan> old_plan = state.plans->plan(from);
  const Result<Plan> new_plan = state.plans->plan(to);
  Errors errors;
  if (!old_plan) errors = old_plan.errors();
  if (!new_plan) errors.insert(errors.end(), new_plan.errors().begin(), new_plan.errors().end());
  if (!errors.empty()) return errors;
  const Result<PlanDiff> diff = diff_plans(*old_plan, *new_plan);
  if (!diff) return diff.errors();
  const Result<std::string> text = state.plans->fleet_text(to);
  if (!text) return text.errors();
  const Result<Fleet> fleet = parse_sent_fleet("fleet", *text);
  return to_json(*diff, plan_migration(*old_plan, *new_plan, *diff, fleet ? &*fleet : nullptr));
}

void get_fleet(ServiceState& state, const Call& call, const Reply& reply) {
  Result<std::string> text = state.plans->fleet_text(call.integer("id"));
  if (!text) return reply(error_response(text.errors()));
  HttpResponse response = json_response(200, *std::move(text));
  const std::string_view start = trim(*response.body);
  if (!start.starts_with('{')) response.content_type = "application/yaml";
  reply(std::move(response));
}

void get_export(ServiceState& state, const Call& call, const Reply& reply) {
  const std::int64_t id = call.integer("id");
  const std::string& name = call.text("name");
  const Result<Plan> plan = state.plans->plan(id);
  if (!plan) return reply(error_response(plan.errors()));
  const Result<std::string> text = state.plans->fleet_text(id);
  if (!text) return reply(error_response(text.errors()));
  Result<ExportedFile> file = exported_file(name, *plan, *text);
  if (!file) return reply(error_response(file.errors(), 422));
  HttpResponse response = json_response(200, std::move(file->content));
  response.content_type = file->content_type;
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"berth-plan-{}-{}\"", id, name));
  reply(std::move(response));
}

void delete_plan(ServiceState& state, const Call& call, const Reply& reply) {
  const Status removed = state.plans->remove(call.integer("id"));
  if (removed) return reply(empty_response(204));
  const bool active = removed.errors().front().code == ErrorCode::kInconsistent;
  reply(error_response(removed.errors(), active ? 409 : 0));
}

void activate_plan(ServiceState& state, const Call& call, const Reply& reply) {
  const Status done = state.plans->activate(call.integer("id"));
  if (!done) return reply(error_response(done.errors()));
  reply(json_or_error(state.plans->summary(call.integer("id"))));
}

void list_plans(ServiceState& state, const Call& call, const Reply& reply) {
  const auto before =
      call.given("before") ? std::optional<std::int64_t>(call.integer("before")) : std::nullopt;
  reply(json_or_error(state.plans->list(call.integer("limit"), before)));
}

const AnswerSpec kNoSuchPlan{404, "there is no such plan", "Problem"};

std::vector<HttpRoute> reading_routes(ServiceState& state) {
  const Parameter id = id_parameter("id", "of the plan");
  return {
      {"GET",
       "/v1/plans",
       "list_plans",
       "plans",
       "Plans, newest first",
       {{"limit", ParameterType::kInteger, "so many", 1, kMostListed, false, {}, "50"},
        {"before", ParameterType::kInteger, "older than this id", 1, 1e15}},
       HttpRoute::Body::kNone,
       {},
       {{200, "a page of summaries", "PlanList"}},
       false,
       false,
       [&state](const Call& call, const Reply& reply) { list_plans(state, call, reply); }},
      {"GET",
       "/v1/plans/{id}",
       "get_plan",
       "plans",
       "A plan with all that it was made from",
       {id},
       HttpRoute::Body::kNone,
       {},
       {{200, "the plan record", "PlanRecord"}, {304, "as you have it", "", ""}, kNoSuchPlan},
       false,
       false,
       [&state](const Call& call, const Reply& reply) {
         const auto record = state.plans->record(call.integer("id"));
         reply(record ? tagged(*record) : error_response(record.errors()));
       }},
      {"GET",
       "/v1/plans/{id}/fleet",
       "get_plan_fleet",
       "plans",
       "The fleet as it was sent",
       {id},
       HttpRoute::Body::kNone,
       {},
       {{200, "a fleet", "", "application/yaml"}, {200, "a fleet", "Fleet"}, kNoSuchPlan},
       false,
       false,
       [&state](const Call& call, const Reply& reply) { get_fleet(state, call, reply); }},
      {"GET",
       "/v1/plans/{id}/diff/{other}",
       "diff_plans",
       "plans",
       "What changes from one plan to another, and in which order",
       {id, id_parameter("other", "of the plan that comes after")},
       HttpRoute::Body::kNone,
       {},
       {{200, "berth.diff/1", "Diff"}, kNoSuchPlan},
       false,
       true,
       [&state](const Call& call, const Reply& reply) {
         reply(json_or_error(diff_text(state, call.integer("id"), call.integer("other"))));
       }},
      {"GET",
       "/v1/plans/{id}/export/{name}",
       "export_plan",
       "plans",
       "A plan as a file",
       {id, {"name", ParameterType::kChoice, "what", 0, 0, false, exported_names()}},
       HttpRoute::Body::kNone,
       {},
       exported_answers(),
       false,
       true,
       [&state](const Call& call, const Reply& reply) { get_export(state, call, reply); }},
  };
}

std::vector<HttpRoute> changing_routes(ServiceState& state) {
  const Parameter id = id_parameter("id", "of the plan");
  return {
      {"POST",
       "/v1/plans",
       "make_plan",
       "plans",
       "Plans a fleet",
       planning_parameters(),
       HttpRoute::Body::kFleet,
       {},
       {{201, "the plan record", "PlanRecord"},
        {202, "the job that makes it", "Job"},
        {404, "there is no such current plan", "Problem"},
        {422, "no plan exists within the limits, and why", "Problem"},
        {429, "too much waits already", "Problem"}},
       false,
       true,
       [&state](const Call& call, const Reply& reply) { post_plan(state, call, reply); }},
      {"DELETE",
       "/v1/plans/{id}",
       "delete_plan",
       "plans",
       "Forgets a plan and its studies",
       {id},
       HttpRoute::Body::kNone,
       {},
       {{204, "forgotten", "", ""}, kNoSuchPlan, {409, "it is active", "Problem"}},
       false,
       false,
       [&state](const Call& call, const Reply& reply) { delete_plan(state, call, reply); }},
      {"POST",
       "/v1/plans/{id}/activate",
       "activate_plan",
       "plans",
       "Makes it the plan that targets and metrics speak of",
       {id},
       HttpRoute::Body::kNone,
       {},
       {{200, "its summary", "PlanSummary"}, kNoSuchPlan},
       false,
       false,
       [&state](const Call& call, const Reply& reply) { activate_plan(state, call, reply); }},
  };
}

}  // namespace

std::vector<HttpRoute> plan_routes(ServiceState& state) {
  std::vector<HttpRoute> routes = reading_routes(state);
  for (HttpRoute& route : changing_routes(state)) routes.push_back(std::move(route));
  return routes;
}

}  // namespace berth
