#include "berth/service/service.h"

#include <chrono>
#include <utility>

#include "berth/embedded/embedded_service.h"
#include "berth/http/dispatch.h"
#include "berth/http/openapi.h"
#include "berth/manifest/names.h"
#include "berth/service/state.h"

namespace berth {
namespace {

constexpr int kNetworkThreads = 2;
constexpr double kMostId = 1e15;
// Together how long an ending takes at most.
constexpr Seconds kJobGrace{3.0};
constexpr std::chrono::milliseconds kAnswerGrace{2'000};

std::vector<HttpRoute> all_routes(ServiceState& state) {
  std::vector<HttpRoute> routes;
  append_routes(plan_routes(state), routes);
  append_routes(study_routes(state), routes);
  append_routes(fleet_routes(state), routes);
  append_routes(job_routes(state), routes);
  append_routes(machine_routes(state), routes);
  append_routes(page_routes(), routes);
  return routes;
}

std::string openapi_of(const std::vector<HttpRoute>& routes, const std::string& version,
                       bool token) {
  return openapi_document(routes,
                          {"Berth", version, "Plans fleets that serve large language models.",
                           embedded_service()[0].content, token});
}

Error no_namespace(const std::string& name) {
  return {ErrorCode::kUsage,
          "expected at most 63 of a-z, 0-9 and '-', a letter first, found '" + name + "'",
          "--namespace", "for example inference"};
}

Error needs_token(const std::string& host) {
  return {ErrorCode::kUsage, "listening at " + host + " lets others in: --token-file is required",
          "--listen", "or listen at 127.0.0.1"};
}

}  // namespace

RouteParameter id_parameter(std::string_view name, std::string_view about) {
  return {name, ParameterType::kInteger, about, 1, kMostId};
}

RouteParameter async_parameter() {
  return {.name = "async", .type = ParameterType::kFlag, .about = "answer with a job at once"};
}

void append_routes(std::vector<HttpRoute> more, std::vector<HttpRoute>& routes) {
  for (HttpRoute& route : more) routes.push_back(std::move(route));
}

struct Service::Impl {
  ServiceState state;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<HttpServer> server;

  /// Jobs first: whoever waits for one is answered. Then nobody is let in any more.
  bool stop(Seconds grace) {
    state.ready = false;
    const bool ended = !state.jobs || state.jobs->stop(grace);
    if (dispatcher) dispatcher->stop();
    if (server) server->stop();
    return ended;
  }

  void count(int status) {
    const int kind = status / 100 - 2;
    if (kind >= 0 && kind < 4) ++state.answers[static_cast<std::size_t>(kind)];
  }

  Status prepare(const ServeOptions& options, DispatchOptions& dispatch) {
    if (Status fine = Service::check(options); !fine) return fine;
    if (!options.token_file.empty()) {
      Result<std::unique_ptr<TokenFile>> token = TokenFile::open(options.token_file);
      if (!token) return token.errors();
      dispatch.token = *std::move(token);
    }
    dispatch.loopback_only = is_loopback(options.listen.host);
    dispatch.on_status = [this](int status) { count(status); };
    dispatch.foreign_advice = "a server with --token-file answers to any name";
    dispatch.room_advice = ", or let the server take more (its --max-body)";
    dispatch.on_fault = [this] { ++state.faults; };
    Result<std::unique_ptr<PlanStore>> plans = PlanStore::open(options.db);
    if (!plans) return plans.errors();
    state.plans = *std::move(plans);
    return Ok{};
  }
};

Status Service::check(const ServeOptions& options) {
  Errors errors;
  if (!options.token_file.empty()) {
    if (auto token = TokenFile::open(options.token_file); !token) errors = token.errors();
    for (Error& error : errors) error.where = "--token-file: " + error.where;
  } else if (!is_loopback(options.listen.host)) {
    errors.push_back(needs_token(options.listen.host));
  }
  if (!manifest::is_label(options.name_space)) errors.push_back(no_namespace(options.name_space));
  if (!errors.empty()) return errors;
  return Ok{};
}

Result<std::unique_ptr<Service>> Service::open(const ServeOptions& options) {
  auto impl = std::make_unique<Impl>();
  impl->state.options = options;
  DispatchOptions dispatch;
  if (Status ready = impl->prepare(options, dispatch); !ready) return ready.errors();
  impl->state.jobs = std::make_unique<JobQueue>(options.jobs, options.queue, options.time_limit);
  std::vector<HttpRoute> routes = all_routes(impl->state);
  impl->state.openapi = std::make_shared<const std::string>(
      openapi_of(routes, options.version, dispatch.token != nullptr));
  impl->dispatcher = std::make_unique<Dispatcher>(std::move(routes), std::move(dispatch));
  ServerOptions server;
  server.listen = options.listen;
  server.threads = kNetworkThreads;
  server.connections = options.connections;
  server.max_body = options.max_body;
  server.grace = kAnswerGrace;
  Result<std::unique_ptr<HttpServer>> opened =
      HttpServer::open(server, impl->dispatcher->handlers());
  if (!opened) return opened.errors();
  impl->server = *std::move(opened);
  impl->state.ready = true;
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() { impl_->stop(JobQueue::kEndless); }
int Service::port() const { return impl_->server->port(); }
bool Service::stop() { return impl_->stop(kJobGrace); }

std::string service_openapi(const std::string& version, bool token) {
  ServiceState state;
  return openapi_of(all_routes(state), version, token);
}

}  // namespace berth
