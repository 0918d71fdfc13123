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

}  // namespace

std::vector<HttpRoute> machine_routes(ServiceState& state) {
  return {
      {"GET",
       "/v1/targets/{namespace}/{deployment}",
       "get_target",
       "machines",
       "Replicas that the active plan wants, for KEDA's metrics-api",
       {{"namespace", ParameterType::kText, "of the cluster", 1, 253},
        {"deployment", ParameterType::kText, "name of the object or of the plan's row", 1, 253}},
       HttpRoute::Body::kNone,
       {},
       {{200, "how many", "Target"}, {404, "no such deployment", "Problem"}},
       false,
       false,
       [&state](const Call& call, const Reply& reply) { reply(target(state, call)); }},
      {"GET",
       "/metrics",
       "get_metrics",
       "machines",
       "Metrics for Prometheus",
       {},
       HttpRoute::Body::kNone,
       {},
       {{200, "OpenMetrics", "", OpenMetrics::kContentType}},
       false,
       false,
       [&state](const Call&, const Reply& reply) {
         reply(plain(200, service_metrics(state), OpenMetrics::kContentType));
       }},
      {"GET",
       "/healthz",
       "get_health",
       "machines",
       "Whether it lives",
       {},
       HttpRoute::Body::kNone,
       {},
       {{200, "it does", "", "text/plain"}},
       true,
       false,
       [](const Call&, const Reply& reply) { reply(plain(200, "ok\n")); }},
      {"GET",
       "/readyz",
       "get_readiness",
       "machines",
       "Whether it takes work",
       {},
       HttpRoute::Body::kNone,
       {},
       {{200, "it does", "", "text/plain"}, {503, "it is ending", "", "text/plain"}},
       true,
       false,
       [&state](const Call&, const Reply& reply) {
         reply(state.ready ? plain(200, "ok\n") : plain(503, "ending\n"));
       }},
      {"GET",
       "/openapi.json",
       "get_openapi",
       "machines",
       "This API",
       {},
       HttpRoute::Body::kNone,
       {},
       {{200, "OpenAPI 3.1", ""}},
       true,
       false,
       [&state](const Call&, const Reply& reply) {
         HttpResponse response;
         response.body = state.openapi;
         reply(std::move(response));
       }},
  };
}

}  // namespace berth
