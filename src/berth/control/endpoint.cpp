#include "berth/control/endpoint.h"

#include <chrono>
#include <httplib.h>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "berth/core/text.h"

namespace berth {
namespace {

using Json = nlohmann::json;

constexpr const char* kJson = "application/json";
constexpr const char* kOpenMetrics = "application/openmetrics-text; version=1.0.0; charset=utf-8";
constexpr std::size_t kMostBody = 1024;  // nothing that is asked here has one
constexpr int kTimeoutSeconds = 5;

void refuse(httplib::Response& response, int status, const char* code, const std::string& message) {
  response.status = status;
  response.set_content(Json{{"error", {{"code", code}, {"message", message}}}}.dump(), kJson);
}

}  // namespace

struct Endpoint::Impl {
  EndpointOptions options;
  const WatchStatus* status = nullptr;
  const Clock* clock = nullptr;
  httplib::Server server;
  std::thread thread;
  int port = 0;

  ~Impl() {
    server.stop();
    if (thread.joinable()) thread.join();
  }

  void add_routes() {
    server.Get("/metrics", [this](const httplib::Request&, httplib::Response& response) {
      response.set_content(metrics_text(status->get(), options.name_space, clock->now_s()),
                           kOpenMetrics);
    });
    server.Get("/healthz", [this](const httplib::Request&, httplib::Response& response) {
      answer_health(response, true);
    });
    server.Get("/readyz", [this](const httplib::Request&, httplib::Response& response) {
      answer_health(response, status->get().plan.has_value());
    });
    server.Get(R"(/v1/targets/([^/]+)/([^/]+))",
               [this](const httplib::Request& request, httplib::Response& response) {
                 answer_target(request.matches[1], request.matches[2], response);
               });
    server.set_error_handler([](const httplib::Request& request, httplib::Response& response) {
      if (!response.body.empty()) return;
      refuse(response, response.status, response.status == 404 ? "not_found" : "bad_request",
             response.status == 404 ? "nothing is served at " + request.path : "no such request");
    });
  }

  /// Alive is whose steps end.
  void answer_health(httplib::Response& response, bool also) const {
    const WatchSnapshot now = status->get();
    const bool alive = is_alive(now, clock->now_s());
    const bool good = alive && also;
    response.status = good ? 200 : 503;
    response.set_content(Json{{"status", good    ? "ok"
                                         : alive ? "no plan yet"
                                                 : "stalled"},
                              {"frozen", now.frozen ? Json(*now.frozen) : Json()}}
                             .dump(),
                         kJson);
  }

  void answer_target(const std::string& name_space, const std::string& deployment,
                     httplib::Response& response) const {
    const auto replicas = name_space == options.name_space
                              ? desired_replicas(status->get(), deployment)
                              : std::nullopt;
    if (!replicas) {
      return refuse(response, 404, "unknown_name",
                    fmt::format("no deployment '{}' in namespace '{}'", deployment, name_space));
    }
    response.set_content(Json{{"desired", *replicas}}.dump(), kJson);
  }
};

Result<EndpointOptions> parse_listen(const std::string& text) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_integer(std::string_view(text).substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) {
    return Error{ErrorCode::kUsage, "expected HOST:PORT, found '" + text + "'", "--listen",
                 "for example 127.0.0.1:9469"};
  }
  EndpointOptions options;
  options.host = text.substr(0, colon);
  if (options.host.size() > 2 && options.host.front() == '[' && options.host.back() == ']') {
    options.host = options.host.substr(1, options.host.size() - 2);
  }
  if (options.host.empty()) options.host = "0.0.0.0";
  options.port = static_cast<int>(*port);
  return options;
}

Result<std::unique_ptr<Endpoint>> Endpoint::open(const EndpointOptions& options,
                                                 const WatchStatus& status, const Clock& clock) {
  auto impl = std::make_unique<Impl>();
  impl->options = options;
  impl->status = &status;
  impl->clock = &clock;
  impl->server.set_payload_max_length(kMostBody);
  impl->server.set_read_timeout(kTimeoutSeconds);
  impl->server.set_write_timeout(kTimeoutSeconds);
  // Not SO_REUSEPORT, httplib's default: two loops on one port would answer in turns.
  impl->server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    static_cast<void>(::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes)));
  });
  impl->add_routes();
  const bool any = options.port == 0;
  impl->port = any ? impl->server.bind_to_any_port(options.host) : options.port;
  const bool bound = any ? impl->port > 0 : impl->server.bind_to_port(options.host, options.port);
  if (!bound) {
    return Error{ErrorCode::kUnwritable,
                 fmt::format("cannot listen at {}:{}", options.host, options.port), "--listen",
                 "is the port taken? Port 0 takes a free one"};
  }
  impl->thread = std::thread([server = &impl->server] { server->listen_after_bind(); });
  // Stopping a server that has not begun to listen would be forgotten, and its end waited for for
  // ever.
  while (!impl->server.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return std::unique_ptr<Endpoint>(new Endpoint(std::move(impl)));
}

Endpoint::Endpoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Endpoint::~Endpoint() = default;
int Endpoint::port() const { return impl_->port; }

}  // namespace berth
