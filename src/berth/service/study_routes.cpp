// Studies of plans, and their rows.

#include <fmt/format.h>

#include "berth/explain/explain.h"
#include "berth/http/problem.h"
#include "berth/output/explanation.h"
#include "berth/service/json_text.h"
#include "berth/service/requested.h"
#include "berth/service/sent_fleet.h"
#include "berth/service/state.h"
#include "berth/service/studies.h"

namespace berth {
namespace {

/// A plan with its fleet, kept while it is studied.
struct Studied {
  std::int64_t id = 0;
  Plan plan;
  Fleet fleet;
};

Result<std::shared_ptr<Studied>> read_studied(ServiceState& state, std::int64_t id) {
  auto studied = std::make_shared<Studied>();
  studied->id = id;
  Result<Plan> plan = state.plans->plan(id);
  if (!plan) return plan.errors();
  studied->plan = *std::move(plan);
  const Result<std::string> text = state.plans->fleet_text(id);
  if (!text) return text.errors();
  const Result<std::string> request = state.plans->request_json(id);
  if (!request) return request.errors();
  Result<Fleet> fleet = parse_sent_fleet(studied->plan.fleet, *text);
  if (!fleet) return fleet.errors();
  studied->fleet = *std::move(fleet);
  apply_requested_policy(*request, studied->fleet.policy);
  return studied;
}

Result<JobResult> study_and_keep(ServiceState& state, const Studied& studied,
                                 const PlanStudyKind& kind, const Call& call, JobContext& context) {
  const StudySubject subject{studied.id, studied.fleet, studied.plan, state.options};
  Result<std::string> result = kind.run(subject, call, context);
  if (!result) return told_over_http(result.errors(), call.given("time_limit"));
  if (!context.settle()) return Error{ErrorCode::kLimitReached, "cancelled", "", ""};
  const Result<std::int64_t> id =
      state.plans->add(StoredStudy{studied.id, std::string(kind.name), wall_clock_s(),
                                   requested_json(call), *std::move(result)});
  if (!id) return id.errors();
  Result<std::string> text = state.plans->study(*id);
  if (!text) return text.errors();
  JobResult done{fmt::format(R"({{"study":{}}})", *id), json_response(201, *std::move(text))};
  done.response.headers.emplace_back("Location", fmt::format("/v1/studies/{}", *id));
  return done;
}

void post_study(ServiceState& state, const PlanStudyKind& kind, const Call& call,
                const Reply& reply) {
  const Result<std::shared_ptr<Studied>> studied = read_studied(state, call.integer("id"));
  if (!studied) return reply(error_response(studied.errors()));
  JobSpec spec;
  spec.kind = std::string(kind.name);
  spec.plan = call.integer("id");
  spec.work = [&state, &kind, call, studied = *studied](JobContext& context) {
    return study_and_keep(state, *studied, kind, call, context);
  };
  answer_by_job(state, std::move(spec), call.flag("async"), reply);
}

/// Why a fleet has no plan, or what its limits cost, without a plan of it.
void post_explanation(ServiceState& state, const Call& call, const Reply& reply) {
  Result<Fleet> sent = parse_sent_fleet("fleet", call.request().body);
  if (!sent) return reply(error_response(sent.errors()));
  auto fleet = std::make_shared<const Fleet>(*std::move(sent));
  Limits limits;
  limits.time = Seconds{std::min(call.number("time_limit"), state.options.time_limit.value)};
  limits.threads = state.options.threads;
  JobSpec spec;
  spec.kind = "explain";
  spec.work = [fleet, limits](JobContext& context) -> Result<JobResult> {
    Limits own = limits;
    own.stop = context.stop();
    const Result<Explanation> explanation = explain_fleet(*fleet, solve_exactly, own);
    if (!explanation) return told_over_http(explanation.errors(), true);
    std::string text = to_json(*explanation);
    JobResult result{"{\"explanation\":" + text + "}", json_response(200, text)};
    result.listed = false;
    return result;
  };
  answer_by_job(state, std::move(spec), call.flag("async"), reply);
}

std::vector<AnswerSpec> study_answers() {
  return {{201, "the study with its result", "Study"},
          {202, "the job that makes it", "Job"},
          {404, "there is no such plan", "Problem"},
          {422, "no plan exists within the limits", "Problem"},
          {429, "too much waits already", "Problem"}};
}

HttpRoute study_route(ServiceState& state, const PlanStudyKind& kind) {
  return {.method = "POST",
          .path = kind.path,
          .id = kind.id,
          .tag = "studies",
          .summary = kind.summary,
          .parameters = {id_parameter("id", "of the plan"), async_parameter()},
          .body = HttpRoute::Body::kObject,
          .fields = kind.fields(),
          .answers = study_answers(),
          .heavy = true,
          .handler = [&state, &kind](const Call& call, const Reply& reply) {
            post_study(state, kind, call, reply);
          }};
}

std::vector<HttpRoute> kept_study_routes(ServiceState& state) {
  const AnswerSpec none{404, "there is no such study", "Problem"};
  return {
      {.method = "GET",
       .path = "/v1/plans/{id}/studies",
       .id = "list_studies",
       .tag = "studies",
       .summary = "The studies of a plan",
       .parameters = {id_parameter("id", "of the plan")},
       .answers = {{200, "studies without their results", "StudyList"},
                   {404, "there is no such plan", "Problem"}},
       .handler =
           [&state](const Call& call, const Reply& reply) {
             reply(json_or_error(state.plans->studies(call.integer("id"))));
           }},
      {.method = "GET",
       .path = "/v1/studies/{id}",
       .id = "get_study",
       .tag = "studies",
       .summary = "A study with its result",
       .parameters = {id_parameter("id", "of the study")},
       .answers = {{200, "the study", "Study"}, none},
       .heavy = true,
       .handler =
           [&state](const Call& call, const Reply& reply) {
             reply(json_or_error(state.plans->study(call.integer("id"))));
           }},
      {.method = "DELETE",
       .path = "/v1/studies/{id}",
       .id = "delete_study",
       .tag = "studies",
       .summary = "Forgets a study",
       .parameters = {id_parameter("id", "of the study")},
       .answers = {{204, "forgotten", "", ""}, none},
       .heavy = true,
       .handler =
           [&state](const Call& call, const Reply& reply) {
             const Status gone = state.plans->remove_study(call.integer("id"));
             reply(gone ? empty_response(204) : error_response(gone.errors()));
           }},
  };
}

}  // namespace

const std::vector<PlanStudyKind>& study_kinds() {
  static const std::vector<PlanStudyKind> kinds = {
      {"simulate", "/v1/plans/{id}/simulate", "simulate_plan", "Replays a plan request by request",
       "Simulation", simulate_fields, run_simulate},
      {"stress", "/v1/plans/{id}/stress", "stress_plan",
       "Tests a plan under scenarios that it was not made for", "Stress", stress_fields,
       run_stress_study},
      {"replay", "/v1/plans/{id}/replay", "replay_plan",
       "Plays a day of demand under policies that re-plan or do not", "Replay", replay_fields,
       run_replay_study},
      {"explain", "/v1/plans/{id}/explain", "explain_plan",
       "Says what binds and what each limit of a plan costs", "Explanation", explain_fields,
       run_explain},
  };
  return kinds;
}

std::vector<HttpRoute> study_routes(ServiceState& state) {
  std::vector<HttpRoute> routes = kept_study_routes(state);
  for (const PlanStudyKind& kind : study_kinds()) routes.push_back(study_route(state, kind));
  std::vector<RouteParameter> parameters = explain_fields();
  parameters.push_back(async_parameter());
  routes.push_back({.method = "POST",
                    .path = "/v1/explanations",
                    .id = "explain_fleet",
                    .tag = "fleets",
                    .summary = "Why a fleet has no plan and what to relax, or what its limits cost",
                    .parameters = std::move(parameters),
                    .body = HttpRoute::Body::kFleet,
                    .answers = {{200, "berth.explanation/1", "Explanation"},
                                {202, "the job that makes it", "Job"},
                                {422, "nothing can be said", "Problem"},
                                {429, "too much waits already", "Problem"}},
                    .heavy = true,
                    .handler = [&state](const Call& call, const Reply& reply) {
                      post_explanation(state, call, reply);
                    }});
  return routes;
}

}  // namespace berth
