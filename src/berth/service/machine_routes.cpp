// What other programs ask.

#include <fmt/format.h>

#include "berth/core/open_metrics.h"
#include "berth/http/problem.h"
#include "berth/manifest/render.h"
#include "berth/service/json_text.h"
#include "berth/service/state.h"

namespace berth {
namespace {

HttpResponse plain(int status, std::string text, std::string_view type = "text/plain") {
  HttpResponse response = json_response(status, std::move(text));
  response.content_type = std::string(type);
  return response;
}

/// By the name of the plan's deployment or of its object.
std::optional<int> desired(const Plan& plan, const std::string& name) {
  const std::vector<std::string> objects = object_names(plan);
  for (std::size_t k = 0; k < objects.size(); ++k) {
    if (objects[k] == name || plan.deployments[k].name == name) return plan.deployments[k].replicas;
  }
  return std::nullopt;
}

HttpResponse target(const ServiceState& state, const Call& call) {
  const auto active = state.plans->active();
  if (!active) {
    return error_response(404, "not_found", "no plan is active",
                          "POST /v1/plans/{id}/activate makes one so");
  }
  const auto replicas = call.text("namespace") == state.options.name_space
                            ? desired(active->plan, call.text("deployment"))
                            : std::nullopt;
  if (!replicas) {
    return error_response(404, "unknown_name",
                          fmt::format("plan {} has no deployment '{}' in namespace '{}'",
                                      active->id, call.text("deployment"), call.text("namespace")));
  }
  return json_response(200, fmt::format("{{\"desired\":{}}}\n", *replicas));
}

std::vector<HttpRoute> probe_routes(ServiceState& state) {
  return {
      {.method = "GET",
       .path = "/healthz",
       .id = "get_health",
       .tag = "machines",
       .summary = "Whether it lives",
       .answers = {{200, "it does", "", "text/plain"}},
       .open = true,
       .vital = true,
       .handler = [](const Call&, const Reply& reply) { reply(plain(200, "ok\n")); }},
      {.method = "GET",
       .path = "/readyz",
       .id = "get_readiness",
       .tag = "machines",
       .summary = "Whether it takes work",
       .answers = {{200, "it does", "", "text/plain"}, {503, "it is ending", "", "text/plain"}},
       .open = true,
       .vital = true,
       .handler =
           [&state](const Call&, const Reply& reply) {
             reply(state.ready ? plain(200, "ok\n") : plain(503, "ending\n"));
           }},
  };
}

}  // namespace

std::vector<HttpRoute> machine_routes(ServiceState& state) {
  std::vector<HttpRoute> routes = {
      {.method = "GET",
       .path = "/v1/targets/{namespace}/{deployment}",
       .id = "get_target",
       .tag = "machines",
       .summary = "Replicas that the active plan wants, for KEDA's metrics-api",
       .parameters = {{.name = "namespace",
                       .type = ParameterType::kText,
                       .about = "of the cluster",
                       .min = 1,
                       .max = 253},
                      {.name = "deployment",
                       .type = ParameterType::kText,
                       .about = "name of the object or of the plan's row",
                       .min = 1,
                       .max = 253}},
       .answers = {{200, "how many", "Target"}, {404, "no such deployment", "Problem"}},
       .handler = [&state](const Call& call, const Reply& reply) { reply(target(state, call)); }},
      {.method = "GET",
       .path = "/metrics",
       .id = "get_metrics",
       .tag = "machines",
       .summary = "Metrics for Prometheus",
       .answers = {{200, "OpenMetrics", "", OpenMetrics::kContentType}},
       .handler =
           [&state](const Call&, const Reply& reply) {
             reply(plain(200, service_metrics(state), OpenMetrics::kContentType));
           }},
      {.method = "GET",
       .path = "/openapi.json",
       .id = "get_openapi",
       .tag = "machines",
       .summary = "This API",
       .answers = {{200, "OpenAPI 3.1", ""}},
       .open = true,
       .handler =
           [&state](const Call&, const Reply& reply) {
             HttpResponse response;
             response.body = state.openapi;
             reply(std::move(response));
           }},
  };
  append_routes(probe_routes(state), routes);
  return routes;
}

}  // namespace berth
