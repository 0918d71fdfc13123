// Plans: made, listed, compared, exported.

#include <functional>

#include <fmt/format.h>

#include "berth/http/problem.h"
#include "berth/plan/diff.h"
#include "berth/plan/diff_json.h"
#include "berth/plan/migration.h"
#include "berth/service/exported.h"
#include "berth/service/json_text.h"
#include "berth/service/planning.h"
#include "berth/service/sent_fleet.h"
#include "berth/service/state.h"

namespace berth {
namespace {

constexpr double kMostListed = 500;

/// Never changes but for being active.
HttpResponse record_response(const PlanStore::Text& text) {
  HttpResponse response;
  response.body = text;
  response.headers = {{"Cache-Control", "no-cache"}};
  return tagged(std::move(response));
}

Result<std::string> diff_text(ServiceState& state, std::int64_t from, std::int64_t to) {
  const Result<Plan> old_plan = state.plans->plan(from);
  const Result<Plan> new_plan = state.plans->plan(to);
  Errors errors;
  if (!old_plan) errors = old_plan.errors();
  if (!new_plan) {
    for (Error error : new_plan.errors()) {
      error.where = "other";
      errors.push_back(std::move(error));
    }
  }
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
  const RouteParameter id = id_parameter("id", "of the plan");
  return {
      {.method = "GET",
       .path = "/v1/plans",
       .id = "list_plans",
       .tag = "plans",
       .summary = "Plans, newest first",
       .parameters = {{.name = "limit",
                       .type = ParameterType::kInteger,
                       .about = "so many",
                       .min = 1,
                       .max = kMostListed,
                       .fallback = "50"},
                      {.name = "before",
                       .type = ParameterType::kInteger,
                       .about = "older than this id",
                       .min = 1,
                       .max = 1e15}},
       .answers = {{200, "a page of summaries", "PlanList"}},
       .handler = [&state](const Call& call,
                           const Reply& reply) { list_plans(state, call, reply); }},
      {.method = "GET",
       .path = "/v1/plans/{id}",
       .id = "get_plan",
       .tag = "plans",
       .summary = "A plan with all that it was made from",
       .parameters = {id},
       .answers = {{200, "the plan record", "PlanRecord"},
                   {304, "as you have it", "", ""},
                   kNoSuchPlan},
       .handler =
           [&state](const Call& call, const Reply& reply) {
             const auto record = state.plans->record(call.integer("id"));
             reply(record ? record_response(*record) : error_response(record.errors()));
           }},
      {.method = "GET",
       .path = "/v1/plans/{id}/fleet",
       .id = "get_plan_fleet",
       .tag = "plans",
       .summary = "The fleet as it was sent",
       .parameters = {id},
       .answers = {{200, "a fleet", "", "application/yaml"},
                   {200, "a fleet", "Fleet"},
                   kNoSuchPlan},
       .handler = [&state](const Call& call,
                           const Reply& reply) { get_fleet(state, call, reply); }},
  };
}

/// What is made of plans when it is asked for.
std::vector<HttpRoute> derived_routes(ServiceState& state) {
  const RouteParameter id = id_parameter("id", "of the plan");
  return {
      {.method = "GET",
       .path = "/v1/plans/{id}/diff/{other}",
       .id = "diff_plans",
       .tag = "plans",
       .summary = "What changes from one plan to another, and in which order",
       .parameters = {id, id_parameter("other", "of the plan that comes after")},
       .answers = {{200, "berth.diff/1", "Diff"}, kNoSuchPlan},
       .heavy = true,
       .handler =
           [&state](const Call& call, const Reply& reply) {
             reply(json_or_error(diff_text(state, call.integer("id"), call.integer("other"))));
           }},
      {.method = "GET",
       .path = "/v1/plans/{id}/export/{name}",
       .id = "export_plan",
       .tag = "plans",
       .summary = "A plan as a file",
       .parameters = {id,
                      {.name = "name",
                       .type = ParameterType::kChoice,
                       .about = "what",
                       .choices = exported_names()}},
       .answers = exported_answers(),
       .heavy = true,
       .handler = [&state](const Call& call,
                           const Reply& reply) { get_export(state, call, reply); }},
  };
}

std::vector<HttpRoute> changing_routes(ServiceState& state) {
  const RouteParameter id = id_parameter("id", "of the plan");
  return {
      {.method = "POST",
       .path = "/v1/plans",
       .id = "make_plan",
       .tag = "plans",
       .summary = "Plans a fleet",
       .parameters = planning_parameters(),
       .body = HttpRoute::Body::kFleet,
       .answers = {{201, "the plan record", "PlanRecord"},
                   {202, "the job that makes it", "Job"},
                   {404, "there is no such current plan", "Problem"},
                   {422, "no plan exists within the limits, and why", "Problem"},
                   {429, "too much waits already", "Problem"}},
       .heavy = true,
       .handler = [&state](const Call& call,
                           const Reply& reply) { post_plan(state, call, reply); }},
      {.method = "DELETE",
       .path = "/v1/plans/{id}",
       .id = "delete_plan",
       .tag = "plans",
       .summary = "Forgets a plan and its studies",
       .parameters = {id},
       .answers = {{204, "forgotten", "", ""}, kNoSuchPlan, {409, "it is active", "Problem"}},
       .heavy = true,
       .handler = [&state](const Call& call,
                           const Reply& reply) { delete_plan(state, call, reply); }},
      {.method = "POST",
       .path = "/v1/plans/{id}/activate",
       .id = "activate_plan",
       .tag = "plans",
       .summary = "Makes it the plan that targets and metrics speak of",
       .parameters = {id},
       .answers = {{200, "its summary", "PlanSummary"}, kNoSuchPlan},
       .handler = [&state](const Call& call,
                           const Reply& reply) { activate_plan(state, call, reply); }},
  };
}

}  // namespace

std::vector<HttpRoute> plan_routes(ServiceState& state) {
  std::vector<HttpRoute> routes = reading_routes(state);
  append_routes(derived_routes(state), routes);
  append_routes(changing_routes(state), routes);
  return routes;
}

}  // namespace berth
