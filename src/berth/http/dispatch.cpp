#include "berth/http/dispatch.h"

#include <algorithm>
#include <atomic>
#include <exception>

#include "berth/core/text.h"
#include "berth/http/problem.h"
#include "berth/http/target.h"
#include "berth/http/workers.h"

namespace berth {
namespace {

using Texts = std::vector<std::pair<std::string, std::string>>;

// What a browser must know of a page with secrets and buttons.
const std::vector<std::pair<std::string, std::string>>& security_headers() {
  static const std::vector<std::pair<std::string, std::string>> headers = {
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
       "connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
       "frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"X-Frame-Options", "DENY"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Permissions-Policy", "camera=(), geolocation=(), microphone=()"},
      {"Cache-Control", "no-store"},
  };
  return headers;
}

bool is_placeholder(const std::string& part) { return part.starts_with('{'); }

/// The values of a template's placeholders, where the segments are of that form.
std::optional<Texts> matched(const std::vector<std::string>& form,
                             const std::vector<std::string>& segments) {
  if (form.size() != segments.size()) return std::nullopt;
  Texts values;
  for (std::size_t i = 0; i < form.size(); ++i) {
    if (is_placeholder(form[i])) {
      if (segments[i].empty()) return std::nullopt;
      values.emplace_back(form[i].substr(1, form[i].size() - 2), segments[i]);
    } else if (form[i] != segments[i]) {
      return std::nullopt;
    }
  }
  return values;
}

/// Whether an If-None-Match names the tag.
bool names_tag(const std::string& header, const std::string& tag) {
  for (const std::string& part : split(header, ',')) {
    std::string_view one = trim(part);
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == "*" || one == tag) return true;
  }
  return false;
}

/// Spares a client what it has.
class TaggedReply : public Reply::Target {
 public:
  TaggedReply(Reply inner, std::string known)
      : inner_(std::move(inner)), known_(std::move(known)) {}

  void answer(HttpResponse response) override {
    for (const auto& [name, value] : response.headers) {
      if (name != "ETag" || !names_tag(known_, value)) continue;
      response.status = 304;
      response.body = nullptr;
      response.content_type.clear();
      break;
    }
    inner_(std::move(response));
  }
  std::shared_ptr<EventSink::Target> open_events(HttpResponse head) override;
  void when_gone(std::function<void()> call) override { inner_.when_gone(std::move(call)); }

 private:
  Reply inner_;
  std::string known_;  // If-None-Match
};

/// Events as a target again.
class ForwardedEvents : public EventSink::Target {
 public:
  explicit ForwardedEvents(EventSink sink) : sink_(std::move(sink)) {}
  void push(std::string text) override { sink_.push(std::move(text)); }
  void finish() override { sink_.end(); }
  [[nodiscard]] bool gone() const override { return sink_.gone(); }

 private:
  EventSink sink_;
};

std::shared_ptr<EventSink::Target> TaggedReply::open_events(HttpResponse head) {
  return std::make_shared<ForwardedEvents>(inner_.events(std::move(head)));
}

HttpResponse later(HttpResponse response) {
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse busy() {
  return later(
      error_response(429, "busy", "too many requests wait for an answer", "try again in a second"));
}

/// Of what is no request, is too long, or has no room.
HttpResponse refusal(int status, const std::string& message, const std::string& room_advice) {
  switch (status) {
    case 408: return error_response(status, "timeout", message, "send it at once");
    case 413: return error_response(status, "out_of_range", message, "send less" + room_advice);
    case 431: return error_response(status, "out_of_range", message, "shorten the path or headers");
    case 503: return later(error_response(status, "busy", message, "try again in a second"));
    default: return error_response(status, "syntax", message);
  }
}

HttpResponse no_such_method(const std::string& method, const std::string& allow) {
  HttpResponse response = error_response(
      405, "unsupported", "this path has no " + method.substr(0, 20), "it has " + allow);
  response.headers.emplace_back("Allow", allow);
  return response;
}

HttpResponse ending() {
  return error_response(503, "busy", "the server is ending", "try again soon");
}

HttpResponse asks_for_token() {
  HttpResponse response = error_response(401, "unauthorized", "this server asks for a token",
                                         "send it as 'Authorization: Bearer TOKEN'");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

}  // namespace

struct Dispatcher::Impl {
  struct Found {
    const HttpRoute* route = nullptr;
    Texts path;
    RequestTarget target;
    std::string allow;  ///< methods of the path, where no row has the one that was asked for
  };

  std::vector<HttpRoute> routes;
  std::vector<std::vector<std::string>> forms;  ///< segments of their paths
  DispatchOptions options;
  std::atomic<bool> stopped{false};
  Workers workers;

  Impl(std::vector<HttpRoute> rows, DispatchOptions with)
      : routes(std::move(rows)),
        options(std::move(with)),
        workers(options.workers, options.waiting) {
    for (const HttpRoute& route : routes) {
      forms.push_back(route.path == "/" ? std::vector<std::string>{}
                                        : split(route.path.substr(1), '/'));
    }
  }

  Result<Found> find(const HttpHead& head) const {
    Result<RequestTarget> target = parse_target(head.target);
    if (!target) return target.errors();
    Found found;
    const std::string_view method = head.method == "HEAD" ? "GET" : std::string_view(head.method);
    for (std::size_t k = 0; k < routes.size() && found.route == nullptr; ++k) {
      auto path = matched(forms[k], target->segments);
      if (!path) continue;
      found.allow += (found.allow.empty() ? "" : ", ") + std::string(routes[k].method);
      if (routes[k].method == "GET") found.allow += ", HEAD";
      if (routes[k].method != method) continue;
      found.route = &routes[k];
      found.path = *std::move(path);
    }
    found.target = *std::move(target);
    return found;
  }

  /// An address in full says to whom it goes, whatever Host says (RFC 9112 3.2.2).
  static const std::string& host_of(const HttpHead& head, const Found& found) {
    return found.target.authority.empty() ? head.host : found.target.authority;
  }

  std::optional<HttpResponse> admit(const HttpHead& head) const {
    const auto found = find(head);
    if (!found) return error_response(found.errors());
    if (!options.token) {
      const std::string& host = host_of(head, *found);
      if (const auto foreign = foreign_request(host, head.origin, options.loopback_only)) {
        return error_response(403, "forbidden", *foreign, options.foreign_advice);
      }
    }
    // A stranger is not told what there is and what is not.
    const bool open = found->route != nullptr && found->route->open;
    if (!open && options.token && !options.token->admits(head.authorization)) {
      return asks_for_token();
    }
    if (found->route != nullptr) return std::nullopt;
    if (found->allow.empty()) {
      return error_response(404, "not_found", "nothing is served at this path",
                            "/openapi.json lists what is");
    }
    return no_such_method(head.method, found->allow);
  }

  [[nodiscard]] bool vital(const HttpHead& head) const {
    const auto found = find(head);
    return found && found->route != nullptr && found->route->vital;
  }

  /// What was asked for, understood and answered. A bug met by one request ends that request, not
  /// the service.
  static void run(const Found& found, IncomingRequest request, const Reply& reply) {
    try {
      const Result<Call> call =
          Call::read(*found.route, found.path, found.target.query, std::move(request));
      if (!call) return reply(error_response(call.errors()));
      found.route->handler(*call, reply);
    } catch (const std::exception& thrown) {
      reply(error_response(500, "internal", std::string("a bug: ") + thrown.what()));
    } catch (...) {
      reply(error_response(500, "internal", "a bug"));
    }
  }

  void handle(IncomingRequest request, const Reply& reply) {
    const auto found = std::make_shared<const Found>(*find(request.head));
    const HttpRoute& route = *found->route;
    const Reply tagged(std::make_shared<TaggedReply>(reply, request.head.if_none_match));
    if (!route.heavy) return run(*found, std::move(request), tagged);
    const auto kept = std::make_shared<IncomingRequest>(std::move(request));
    const bool taken =
        workers.post({[found, kept, tagged] { run(*found, std::move(*kept), tagged); },
                      [tagged] { tagged(ending()); }});
    if (!taken) tagged(stopped ? ending() : busy());
  }
};

Dispatcher::Dispatcher(std::vector<HttpRoute> routes, DispatchOptions options)
    : impl_(std::make_unique<Impl>(std::move(routes), std::move(options))) {}
Dispatcher::~Dispatcher() = default;

Handlers Dispatcher::handlers() {
  Handlers handlers;
  handlers.admit = [impl = impl_.get()](const HttpHead& head) { return impl->admit(head); };
  handlers.handle = [impl = impl_.get()](IncomingRequest request, const Reply& reply) {
    impl->handle(std::move(request), reply);
  };
  handlers.refuse = [impl = impl_.get()](int status, const std::string& message) {
    return refusal(status, message, impl->options.room_advice);
  };
  handlers.vital = [impl = impl_.get()](const HttpHead& head) { return impl->vital(head); };
  handlers.on_status = impl_->options.on_status;
  handlers.on_fault = impl_->options.on_fault;
  handlers.headers = security_headers();
  return handlers;
}

const std::vector<HttpRoute>& Dispatcher::routes() const { return impl_->routes; }
void Dispatcher::stop() {
  impl_->stopped = true;
  impl_->workers.stop();
}

}  // namespace berth
