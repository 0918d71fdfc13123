#include "berth/http/session.h"

#include <algorithm>
#include <array>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/write.hpp>
#include <poll.h>
#include <utility>

#include "berth/http/exchange.h"

namespace berth {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Parser = http::request_parser<http::string_body>;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
// For a client to read why its request was refused, while it may still be sending it.
constexpr std::chrono::milliseconds kLinger{1'000};
// For one for whom there is no room to say that what it asks is vital.
constexpr std::chrono::milliseconds kRefusedTime{1'000};
constexpr std::chrono::milliseconds kLookAtPeer{500};

std::string header(const http::request<http::string_body>& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

HttpHead head_of(const Parser& parser) {
  const auto& request = parser.get();
  HttpHead head;
  head.method = std::string(request.method_string());
  head.target = std::string(request.target());
  head.host = header(request, http::field::host);
  head.origin = header(request, http::field::origin);
  head.authorization = header(request, http::field::authorization);
  head.content_type = header(request, http::field::content_type);
  head.if_none_match = header(request, http::field::if_none_match);
  head.accept_encoding = header(request, http::field::accept_encoding);
  head.has_body = parser.chunked() || parser.content_length().value_or(0) > 0;
  return head;
}

/// The status that tells a client what was wrong with its bytes; 0: nothing can be told.
int status_of(const boost::system::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
  return !gone && error.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

/// Whether the other side has closed, also behind bytes that nobody has read yet.
bool peer_left(int socket) {
  pollfd look{socket, POLLRDHUP, 0};
  return ::poll(&look, 1, 0) > 0;
}

}  // namespace

Session::Session(Socket socket, ServerState& state, bool refused)
    : socket_(std::move(socket)),
      timer_(socket_.get_executor()),
      peer_timer_(socket_.get_executor()),
      state_(state),
      refused_(refused) {
  const std::lock_guard lock(state_.mutex);
  state_.open.insert(this);
  if (refused_) ++state_.refused;
}

Session::~Session() { leave(); }

/// Makes room for another.
void Session::leave() {
  const std::lock_guard lock(state_.mutex);
  if (state_.open.erase(this) > 0 && refused_) --state_.refused;
}

void Session::start() {
  on_strand([self = shared_from_this()] { self->read_head(); });
}

void Session::close_if_idle() {
  on_strand([self = shared_from_this()] {
    if (self->idle_) self->close();
    self->close_after_ = true;
  });
}

void Session::drop() {
  on_strand([self = shared_from_this()] {
    if (self->idle_) self->close();
  });
}

// ---------------------------------------------------------------------------------------------
// Reading

void Session::read_head() {
  idle_ = true;
  if (state_.closing || close_after_) return close();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(state_.options.max_head));
  parser_->body_limit(state_.options.max_body);
  expire_after(refused_ ? std::min(kRefusedTime, state_.options.head_time)
                        : state_.options.head_time);
  http::async_read_header(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](SystemError error, std::size_t) { self->on_head(error); });
}

void Session::on_head(SystemError error) {
  if (error) return fail(error);
  idle_ = false;
  const HttpHead head = head_of(*parser_);
  head_only_ = head.method == "HEAD";
  if (parser_->get().count(http::field::host) > 1) return refuse(400);  // RFC 9112 3.2
  if (refused_) {
    const bool vital = state_.handlers.vital && state_.handlers.vital(head);
    if (!vital || head.has_body) return refuse(503);  // there is no room for a body either
    close_after_ = true;
  }
  if (std::optional<HttpResponse> refusal = state_.handlers.admit(head)) {
    refusal->close = refusal->close || head.has_body;  // the body is not read
    return write(*refusal);
  }
  expire_after(state_.options.body_time);
  const auto expect = parser_->get()[http::field::expect];
  if (!beast::iequals(expect, "100-continue")) return read_body();
  asio::async_write(socket_, asio::buffer(kContinue),
                    [self = shared_from_this()](SystemError failed, std::size_t) {
                      if (failed) return self->fail(failed);
                      self->read_body();
                    });
}

void Session::read_body() {
  http::async_read(
      socket_, buffer_, *parser_,
      [self = shared_from_this()](SystemError error, std::size_t) { self->on_body(error); });
}

void Session::on_body(SystemError error) {
  if (error) return fail(error);
  expire_never();
  IncomingRequest request{head_of(*parser_), std::move(parser_->get().body())};
  watch_peer();
  try {
    const Reply reply(std::make_shared<Exchange>(shared_from_this(), ++number_));
    state_.handlers.handle(std::move(request), reply);
  } catch (...) {
    lose();  // what waits for the client would keep it alive
    throw;
  }
}

/// Nothing more is read; the client is told why where it can be.
void Session::fail(SystemError error) {
  if (refused_ && expired_) return refuse(503);
  const bool begun = !idle_ || buffer_.size() > 0 || parser_->got_some();
  const int status = !expired_ ? status_of(error) : begun ? 408 : 0;
  if (status == 0) return lose();
  refuse(status);
}

void Session::refuse(int status) {
  HttpResponse response = state_.handlers.refuse(status, refusal_words(status, state_.options));
  response.close = true;
  write(response);
}

// ---------------------------------------------------------------------------------------------
// The other side

/// Until when what goes on must be done: then it ends with an error.
void Session::expire_after(Deadline time) {
  timer_.expires_after(time);
  timer_.async_wait([self = weak_from_this(), mine = ++expiry_](SystemError error) {
    const auto session = self.lock();
    if (error || !session || mine != session->expiry_) return;
    session->expired_ = true;
    SystemError ignored;
    session->socket_.cancel(ignored);
  });
}

void Session::expire_never() {
  ++expiry_;
  timer_.cancel();
}

/// While an answer is made nothing is read; whoever goes away must be noticed all the same.
void Session::watch_peer() {
  socket_.async_wait(
      Socket::wait_read, [self = shared_from_this(), mine = ++watch_](SystemError error) {
        if (mine != self->watch_ || error) return;
        if (peer_left(self->socket_.native_handle())) return self->lose();
        self->watch_peer_later();  // its next request: that waits, and the socket stays readable
      });
}

void Session::watch_peer_later() {
  peer_timer_.expires_after(kLookAtPeer);
  peer_timer_.async_wait([self = weak_from_this(), mine = watch_](SystemError error) {
    const auto session = self.lock();
    if (!error && session && mine == session->watch_) session->watch_peer();
  });
}

void Session::unwatch_peer() {
  ++watch_;
  peer_timer_.cancel();
  SystemError ignored;
  socket_.cancel(ignored);
}

void Session::when_gone(Number number, std::function<void()> call) {
  on_strand([self = shared_from_this(), number, call = std::move(call)]() mutable {
    if (number != self->number_) return;
    if (self->gone_) return call();
    self->on_gone_ = std::move(call);
  });
}

/// The client is gone, or will not be waited for any longer.
void Session::lose() {
  if (gone_) return;
  close();
  if (auto call = std::exchange(on_gone_, nullptr)) call();
}

/// Closed at once, bytes that were not read would make the system drop those that were sent.
void Session::linger() {
  SystemError ignored;
  const bool whole = parser_ && parser_->is_done() && buffer_.size() == 0;
  if (whole && socket_.available(ignored) == 0) return close();
  socket_.shutdown(Socket::shutdown_send, ignored);
  idle_ = true;
  parser_.reset();
  expire_after(kLinger);
  drain();
}

void Session::drain() {
  constexpr std::size_t kPiece = std::size_t{64} * 1024;
  buffer_.clear();
  socket_.async_read_some(buffer_.prepare(kPiece),
                          [self = shared_from_this()](SystemError error, std::size_t) {
                            if (error || self->close_after_) return self->close();
                            self->drain();
                          });
}

void Session::close() {
  if (gone_.exchange(true)) return;
  ++watch_;
  peer_timer_.cancel();
  expire_never();
  if (!writing_) unsent_.clear();
  SystemError ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  socket_.close(ignored);
  leave();
}

}  // namespace berth
