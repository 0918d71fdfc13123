#pragma once
// HTTP/1.1 for many clients at once: few threads, no thread waits for a client. What a client may
// take of memory and time is limited, so that one that is slow, or means harm, holds up no other.

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "berth/core/result.h"
#include "berth/http/message.h"

namespace berth {

struct ListenAddress {
  std::string host = "127.0.0.1";
  int port = 0;  ///< 0 = any that is free
};

/// "host:port", "[::1]:port", ":port" (all interfaces). Errors: kUsage, at `flag`.
[[nodiscard]] Result<ListenAddress> parse_listen_address(const std::string& text,
                                                         const std::string& flag);
/// Nobody but this machine reaches it.
[[nodiscard]] bool is_loopback(const std::string& host);

struct ServerOptions {
  ListenAddress listen;
  int threads = 2;
  std::size_t connections = 1024;  ///< at once; one more is answered 503, unless it is vital
  std::size_t max_head = std::size_t{16} * 1024;
  std::size_t max_body = std::size_t{4} * 1024 * 1024;
  // From the first moment to the last, however the bytes trickle.
  std::chrono::milliseconds head_time{15'000};  ///< also how long a connection may idle
  std::chrono::milliseconds body_time{30'000};
  std::chrono::milliseconds write_time{60'000};  ///< of an answer, or of one event
  std::chrono::milliseconds grace{5'000};        ///< for what runs when the server ends
};

struct Handlers {
  /// Before the body is read: an answer that refuses the request, or nothing.
  std::function<std::optional<HttpResponse>(const HttpHead&)> admit;
  /// From any of the server's threads; must not block.
  std::function<void(IncomingRequest, const Reply&)> handle;
  /// What the server itself says of a request that is none: 400, 408, 413, 431, 503.
  std::function<HttpResponse(int status, const std::string& message)> refuse;
  /// What is answered also where there is no room for another connection: probes. May be empty.
  std::function<bool(const HttpHead&)> vital = {};
  /// Called with the status of whatever is answered. May be empty.
  std::function<void(int status)> on_status = {};
  /// Called for each exception that ended a connection (no memory is left). May be empty.
  std::function<void()> on_fault = {};
  /// Headers of every answer.
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Serves from threads of its own until it is stopped or destroyed.
class HttpServer {
 public:
  /// Errors: kUnwritable (the address is taken, or not ours).
  static Result<std::unique_ptr<HttpServer>> open(const ServerOptions& options, Handlers handlers);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  [[nodiscard]] int port() const;
  [[nodiscard]] std::size_t connections() const;
  /// Takes no more connections, closes idle ones, gives the others the time of grace.
  void stop();

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
