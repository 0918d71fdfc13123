#pragma once
// A server whose answers tests can foresee. "/wait" keeps its requests for the test to answer.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <stdexcept>
#include <thread>

#include "berth/http/problem.h"
#include "berth/http/server.h"

namespace berth::test {

class EchoServer {
 public:
  explicit EchoServer(ServerOptions options = {}) {
    Handlers handlers;
    handlers.admit = [](const HttpHead& head) -> std::optional<HttpResponse> {
      if (head.target != "/forbidden") return std::nullopt;
      return error_response(403, "forbidden", "not you");
    };
    handlers.handle = [this](IncomingRequest request, const Reply& reply) {
      answer(std::move(request), reply);
    };
    handlers.refuse = [](int status, const std::string& message) {
      return error_response(status, "refused", message);
    };
    handlers.headers = {{"X-Usual", "yes"}};
    handlers.vital = [](const HttpHead& head) { return head.target == "/vital"; };
    handlers.on_fault = [this] { ++faults_; };
    auto opened = HttpServer::open(options, std::move(handlers));
    if (!opened) throw std::runtime_error(opened.errors()[0].message);
    server_ = *std::move(opened);
  }
  ~EchoServer() { server_->stop(); }
  EchoServer(const EchoServer&) = delete;
  EchoServer& operator=(const EchoServer&) = delete;

  [[nodiscard]] int port() const { return server_->port(); }
  [[nodiscard]] HttpServer& server() { return *server_; }
  [[nodiscard]] int faults() const { return faults_; }

  /// The next request of "/wait".
  Reply waiting() {
    std::unique_lock lock(mutex_);
    if (!came_.wait_for(lock, std::chrono::seconds(10), [this] { return !waiting_.empty(); })) {
      throw std::runtime_error("nobody asked");
    }
    Reply reply = std::move(waiting_.front());
    waiting_.pop_front();
    return reply;
  }

 private:
  void answer(IncomingRequest request, const Reply& reply) {
    const std::string& target = request.head.target;
    if (target == "/throw") throw std::bad_alloc();
    if (target == "/wait") {
      const std::lock_guard lock(mutex_);
      waiting_.push_back(reply);
      came_.notify_all();
    } else if (target == "/large") {
      reply(json_response(200, std::string(std::size_t{64} << 20, 'x')));
    } else if (target == "/empty") {
      reply(empty_response(204));
    } else if (target != "/dropped") {
      reply(json_response(200, request.head.method + " " + target + " " + request.body));
    }
  }

  std::atomic<int> faults_{0};
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<Reply> waiting_;
  std::unique_ptr<HttpServer> server_;
};

/// Whether it holds within 10 s.
template <class Condition>
bool soon(const Condition& condition) {
  for (int k = 0; k < 1000; ++k) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

}  // namespace berth::test
