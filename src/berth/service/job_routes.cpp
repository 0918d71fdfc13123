// Jobs, and how what takes its time is answered.

#include <fmt/format.h>

#include "berth/http/problem.h"
#include "berth/service/json_text.h"
#include "berth/service/state.h"

namespace berth {
namespace {

HttpResponse queue_full() {
  HttpResponse response =
      error_response(429, "busy", "too many jobs wait already", "try again when some have ended");
  response.headers.emplace_back("Retry-After", "5");
  return response;
}

HttpResponse service_ends() {
  return error_response(503, "busy", "the server is ending", "ask the next one");
}

HttpResponse no_such_job(std::int64_t id) {
  return error_response(
      Errors{{ErrorCode::kNotFound, fmt::format("there is no job {}", id), "id",
              "jobs are forgotten when 200 others have ended, or the server has"}});
}

void get_job(ServiceState& state, const Call& call, const Reply& reply) {
  auto text = state.jobs->json(call.integer("id"));
  reply(text ? json_response(200, *std::move(text)) : no_such_job(call.integer("id")));
}

void watch_job(ServiceState& state, const Call& call, const Reply& reply) {
  if (!state.jobs->has(call.integer("id"))) return reply(no_such_job(call.integer("id")));
  HttpResponse head;
  head.content_type = "text/event-stream";
  head.headers.emplace_back("X-Accel-Buffering", "no");
  state.jobs->watch(call.integer("id"), reply.events(std::move(head)));
}

void cancel_job(ServiceState& state, const Call& call, const Reply& reply) {
  const std::int64_t id = call.integer("id");
  if (!state.jobs->cancel(id, call.flag("keep"))) return reply(no_such_job(id));
  get_job(state, call, reply);
}

}  // namespace

void answer_by_job(ServiceState& state, JobSpec spec, bool async, const Reply& reply) {
  if (!async) {
    spec.on_end = [reply](const std::optional<Result<JobResult>>& result) {
      if (!result) return reply(error_response(503, "cancelled", "the job was cancelled"));
      reply(*result ? (**result).response : error_response(result->errors()));
    };
  }
  const auto id = state.jobs->submit(std::move(spec));
  if (!id) return reply(state.ready ? queue_full() : service_ends());
  if (!async) {
    return reply.when_gone([&state, id = *id] { state.jobs->cancel(id, false); });
  }
  HttpResponse response = json_response(202, state.jobs->json(*id).value_or("{}"));
  response.headers.emplace_back("Location", fmt::format("/v1/jobs/{}", *id));
  reply(std::move(response));
}

std::vector<HttpRoute> job_routes(ServiceState& state) {
  const RouteParameter id = id_parameter("id", "of the job");
  const AnswerSpec none{404, "there is no such job", "Problem"};
  return {
      {.method = "GET",
       .path = "/v1/jobs",
       .id = "list_jobs",
       .tag = "jobs",
       .summary = "Jobs that wait, run, or ended lately",
       .answers = {{200, "jobs, newest first", "JobList"}},
       .handler = [&state](
                      const Call&,
                      const Reply& reply) { reply(json_response(200, state.jobs->list_json())); }},
      {.method = "GET",
       .path = "/v1/jobs/{id}",
       .id = "get_job",
       .tag = "jobs",
       .summary = "How a job stands",
       .parameters = {id},
       .answers = {{200, "the job", "Job"}, none},
       .handler = [&state](const Call& call, const Reply& reply) { get_job(state, call, reply); }},
      {.method = "GET",
       .path = "/v1/jobs/{id}/events",
       .id = "watch_job",
       .tag = "jobs",
       .summary = "Progress as it comes, then the end, as server-sent events",
       .parameters = {id},
       .answers = {{200, "events", "", "text/event-stream"}, none},
       .handler = [&state](const Call& call,
                           const Reply& reply) { watch_job(state, call, reply); }},
      {.method = "DELETE",
       .path = "/v1/jobs/{id}",
       .id = "cancel_job",
       .tag = "jobs",
       .summary = "Cancels a job, or ends it with what it has",
       .parameters =
           {id, {.name = "keep", .type = ParameterType::kFlag, .about = "the best plan so far"}},
       .answers = {{200, "the job", "Job"}, none},
       .handler = [&state](const Call& call,
                           const Reply& reply) { cancel_job(state, call, reply); }},
  };
}

}  // namespace berth
