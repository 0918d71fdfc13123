#include "berth/http/server.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <deque>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/http/server_state.h"
#include "berth/http/session.h"

namespace berth {
namespace {

namespace asio = boost::asio;
using Tcp = asio::ip::tcp;
using SystemError = boost::system::error_code;

constexpr std::size_t kMostRefused = 64;
constexpr std::chrono::milliseconds kPause{20};  // before accepting again where there are no files

Error cannot_listen(const ListenAddress& listen, const SystemError& error) {
  return {ErrorCode::kUnwritable,
          fmt::format("cannot listen at {}:{}: {}", listen.host, listen.port, error.message()),
          "--listen", "is the port taken? Port 0 takes a free one"};
}

}  // namespace

Result<ListenAddress> parse_listen_address(const std::string& text, const std::string& flag) {
  const std::size_t colon = text.rfind(':');
  const auto port = colon == std::string::npos
                        ? std::nullopt
                        : parse_integer(std::string_view(text).substr(colon + 1));
  if (!port || *port < 0 || *port > 65'535) {
    return Error{ErrorCode::kUsage, "expected HOST:PORT, found '" + text + "'", flag,
                 "for example 127.0.0.1:8080"};
  }
  ListenAddress listen;
  listen.host = text.substr(0, colon);
  if (listen.host.size() > 2 && listen.host.front() == '[' && listen.host.back() == ']') {
    listen.host = listen.host.substr(1, listen.host.size() - 2);
  }
  if (listen.host.empty()) listen.host = "0.0.0.0";
  listen.port = static_cast<int>(*port);
  return listen;
}

std::string refusal_words(int status, const ServerOptions& options) {
  if (status == 431) {
    return fmt::format("the head of a request may have {} bytes", options.max_head);
  }
  if (status == 413) {
    return fmt::format("the body of a request may have {} bytes", options.max_body);
  }
  if (status == 408) return "the request did not arrive in time";
  if (status == 503) return "too many connections";
  return "not a request of HTTP/1.1";
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  SystemError error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  return !error && address.is_loopback();
}

struct HttpServer::Impl {
  ServerState state;
  asio::io_context context;
  Tcp::acceptor acceptor{asio::make_strand(context)};
  std::atomic<bool> accepting{false};
  std::deque<std::weak_ptr<Session>> refused;  // those who came last; of the acceptor's strand
  std::vector<std::thread> threads;
  int port = 0;
  bool stopped = false;

  Status listen(const ListenAddress& at) {
    SystemError error;
    Tcp::resolver resolver(context);
    const auto found =
        resolver.resolve(at.host, std::to_string(at.port), Tcp::resolver::passive, error);
    if (error || found.empty()) return cannot_listen(at, error);
    const Tcp::endpoint endpoint = found.begin()->endpoint();
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(Tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return cannot_listen(at, error);
    port = acceptor.local_endpoint().port();
    return Ok{};
  }

  /// Until it is stopped: what one connection meets (no memory is left) does not end the others.
  void serve() {
    for (;;) {
      try {
        if (!accepting) asio::post(acceptor.get_executor(), [this] { accept(); });
        context.run();
        return;
      } catch (...) {  // that connection is gone, its objects with it
        if (state.handlers.on_fault) state.handlers.on_fault();
      }
    }
  }

  void accept() {
    if (accepting || state.closing) return;
    acceptor.async_accept(
        asio::make_strand(context), [this](SystemError error, Tcp::socket socket) {
          accepting = false;
          if (state.closing) return;
          if (error) std::this_thread::sleep_for(kPause);  // no files are left: some will be closed
          accept();  // first: whatever one connection throws, the next is accepted
          if (!error) begin(std::move(socket));
        });
    accepting = true;
  }

  /// Those for whom there is no room are told so, and a few of them may take their time to listen.
  void begin(Tcp::socket socket) {
    SystemError ignored;
    socket.set_option(Tcp::no_delay(true), ignored);
    const bool full = connections() >= state.options.connections;
    auto session = std::make_shared<Session>(std::move(socket), state, full);
    session->start();
    if (!full) return;
    refused.push_back(std::move(session));
    if (refused.size() <= kMostRefused) return;
    if (const auto longest = refused.front().lock()) longest->drop();
    refused.pop_front();
  }

  std::size_t connections() {
    const std::lock_guard lock(state.mutex);
    return state.open.size() - state.refused;
  }

  bool all_closed() {
    const std::lock_guard lock(state.mutex);
    return state.open.empty();
  }

  void close_idle() {
    std::vector<std::shared_ptr<Session>> open;
    {
      const std::lock_guard lock(state.mutex);
      for (Session* session : state.open) {
        if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
      }
    }
    for (const auto& session : open) session->close_if_idle();
  }

  void stop() {
    if (std::exchange(stopped, true)) return;
    state.closing = true;
    asio::post(acceptor.get_executor(), [this] {
      SystemError ignored;
      acceptor.close(ignored);
    });
    close_idle();
    const auto end = std::chrono::steady_clock::now() + state.options.grace;
    while (!all_closed() && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    context.stop();
    for (std::thread& thread : threads) thread.join();
  }
};

Result<std::unique_ptr<HttpServer>> HttpServer::open(const ServerOptions& options,
                                                     Handlers handlers) {
  auto impl = std::make_unique<Impl>();
  impl->state.options = options;
  impl->state.handlers = std::move(handlers);
  if (Status ready = impl->listen(options.listen); !ready) return ready.errors();
  impl->accept();
  for (int k = 0; k < std::max(1, options.threads); ++k) {
    impl->threads.emplace_back([impl = impl.get()] { impl->serve(); });
  }
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() { impl_->stop(); }
int HttpServer::port() const { return impl_->port; }
std::size_t HttpServer::connections() const { return impl_->connections(); }
void HttpServer::stop() { impl_->stop(); }

}  // namespace berth
