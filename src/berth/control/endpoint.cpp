#include "berth/control/endpoint.h"

#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/open_metrics.h"
#include "berth/http/dispatch.h"
#include "berth/http/problem.h"

namespace berth {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMostBody = 1024;  // nothing that is asked here has one
constexpr std::size_t kMostConnections = 128;
constexpr double kLongestName = 253;

}  // namespace

struct Endpoint::Impl {
  EndpointOptions options;
  const WatchStatus* status = nullptr;
  const Clock* clock = nullptr;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<HttpServer> server;  // ends before what it asks

  /// Alive is whose steps end.
  [[nodiscard]] HttpResponse health(bool wants_plan) const {
    const WatchSnapshot now = status->get();
    const bool alive = is_alive(now, clock->now_s());
    const bool good = alive && (!wants_plan || now.plan.has_value());
    const Json json = {{"status", good    ? "ok"
                                  : alive ? "no plan yet"
                                          : "stalled"},
                       {"frozen", now.frozen ? Json(*now.frozen) : Json()}};
    return json_response(good ? 200 : 503, json.dump());
  }

  [[nodiscard]] HttpResponse target(const std::string& name_space,
                                    const std::string& deployment) const {
    const auto replicas = name_space == options.name_space
                              ? desired_replicas(status->get(), deployment)
                              : std::nullopt;
    if (!replicas) {
      return error_response(
          404, "unknown_name",
          fmt::format("no deployment '{}' in namespace '{}'", deployment, name_space));
    }
    return json_response(200, Json{{"desired", *replicas}}.dump());
  }

  [[nodiscard]] HttpResponse metrics() const {
    HttpResponse response =
        json_response(200, metrics_text(status->get(), options.name_space, clock->now_s()));
    response.content_type = OpenMetrics::kContentType;
    return response;
  }

  std::vector<HttpRoute> routes() {
    const auto name = [](std::string_view what) {
      return RouteParameter{.name = what, .about = "a name", .min = 1, .max = kLongestName};
    };
    return {
        {.method = "GET",
         .path = "/metrics",
         .handler = [this](const Call&, const Reply& reply) { reply(metrics()); }},
        {.method = "GET",
         .path = "/healthz",
         .vital = true,
         .handler = [this](const Call&, const Reply& reply) { reply(health(false)); }},
        {.method = "GET",
         .path = "/readyz",
         .vital = true,
         .handler = [this](const Call&, const Reply& reply) { reply(health(true)); }},
        {.method = "GET",
         .path = "/v1/targets/{namespace}/{deployment}",
         .parameters = {name("namespace"), name("deployment")},
         .handler =
             [this](const Call& call, const Reply& reply) {
               reply(target(call.text("namespace"), call.text("deployment")));
             }},
    };
  }
};

Result<EndpointOptions> parse_listen(const std::string& text) {
  const Result<ListenAddress> address = parse_listen_address(text, "--listen");
  if (!address) return address.errors();
  EndpointOptions options;
  options.host = address->host;
  options.port = address->port;
  return options;
}

Result<std::unique_ptr<Endpoint>> Endpoint::open(const EndpointOptions& options,
                                                 const WatchStatus& status, const Clock& clock) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->status = &status;
  impl->clock = &clock;
  DispatchOptions dispatch;
  dispatch.loopback_only = is_loopback(options.host);
  dispatch.workers = 0;
  impl->dispatcher = std::make_unique<Dispatcher>(impl->routes(), std::move(dispatch));
  ServerOptions server;
  server.listen = {options.host, options.port};
  server.threads = 1;
  server.connections = kMostConnections;
  server.max_body = kMostBody;
  Result<std::unique_ptr<HttpServer>> opened =
      HttpServer::open(server, impl->dispatcher->handlers());
  if (!opened) return opened.errors();
  impl->server = *std::move(opened);
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(impl)));
}

Endpoint::Endpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Endpoint::~Endpoint() = default;
int Endpoint::port() const { return impl_->server->port(); }

}  // namespace berth
