#include "berth/http/session.h"

#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <sys/socket.h>
#include <utility>

namespace berth {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using ErrorCodeOf = boost::system::error_code;

constexpr std::size_t kMostUnsent = 1024 * 1024;  // bytes of events for a client that does not read
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

std::string header(const http::request<http::string_body>& request, http::field name) {
  const auto value = request[name];
  return {value.data(), value.size()};
}

HttpHead head_of(const http::request_parser<http::string_body>& parser) {
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
int status_of(const ErrorCodeOf& error, bool begun) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  if (error == beast::error::timeout) return begun ? 408 : 0;
  const bool gone = error == http::error::end_of_stream || error == http::error::partial_message;
  return !gone && error.category() == make_error_code(http::error::bad_method).category() ? 400 : 0;
}

}  // namespace

class Session : public std::enable_shared_from_this<Session>, public Reply::Target {
 public:
  Session(Tcp::socket socket, ServerState& state) : stream_(std::move(socket)), state_(state) {
    const std::lock_guard lock(state_.mutex);
    state_.open.insert(this);
  }
  ~Session() override {
    const std::lock_guard lock(state_.mutex);
    state_.open.erase(this);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  void start() {
    on_strand([self = shared_from_this()] { self->read_head(); });
  }
  void start_full() {
    on_strand(
        [self = shared_from_this()] { self->refuse(503, "too many connections; try again soon"); });
  }
  void close_if_idle() {
    on_strand([self = shared_from_this()] {
      if (self->idle_) self->close();
      self->close_after_ = true;
    });
  }

  void answer(HttpResponse response) override {
    on_strand([self = shared_from_this(), response = std::move(response)]() mutable {
      self->write(std::move(response));
    });
  }
  std::shared_ptr<EventSink::Target> open_events(HttpResponse head) override;
  void when_gone(std::function<void()> call) override {
    on_strand([self = shared_from_this(), call = std::move(call)]() mutable {
      if (self->gone_) return call();
      self->on_gone_ = std::move(call);
    });
  }
  void push(std::string text) {
    on_strand([self = shared_from_this(), text = std::move(text)]() mutable {
      self->queue(std::move(text));
    });
  }
  void finish() {
    on_strand([self = shared_from_this()] {
      self->events_end_ = true;
      self->write_events();
    });
  }

 private:
  template <class Work>
  void on_strand(Work work) {
    asio::post(stream_.get_executor(), std::move(work));
  }

  void read_head();
  void on_head(ErrorCodeOf error);
  void read_body();
  void on_body(ErrorCodeOf error);
  void fail(ErrorCodeOf error);
  void refuse(int status, const std::string& message);
  void write(HttpResponse response);
  void on_written(ErrorCodeOf error, bool keep);
  void open_stream(HttpResponse head);
  void queue(std::string text);
  void write_events();
  void watch_peer();
  void unwatch_peer();
  void lose();
  void close();
  template <class Body>
  void set_headers(http::response<Body>& message, const HttpResponse& response) const;

  beast::tcp_stream stream_;
  ServerState& state_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  std::optional<http::response<http::span_body<const char>>> message_;
  std::shared_ptr<const std::string> body_;  // what message_ points into
  std::optional<http::response<http::empty_body>> stream_head_;
  std::optional<http::response_serializer<http::empty_body>> stream_serializer_;
  std::deque<std::string> unsent_;  // events; the first is being written
  std::size_t unsent_bytes_ = 0;
  std::function<void()> on_gone_;
  std::uint64_t watch_ = 0;  // which wait for the peer counts
  bool idle_ = true;
  bool close_after_ = false;
  bool head_only_ = false;  // HEAD
  bool gone_ = false;
  bool events_open_ = false;
  bool events_end_ = false;
  bool writing_ = false;
};

namespace {

/// The events of one session; the session outlives them.
class SessionEvents : public EventSink::Target {
 public:
  explicit SessionEvents(std::shared_ptr<Session> session) : session_(std::move(session)) {}
  ~SessionEvents() override { session_->finish(); }
  SessionEvents(const SessionEvents&) = delete;
  SessionEvents& operator=(const SessionEvents&) = delete;
  void push(std::string text) override { session_->push(std::move(text)); }
  void finish() override { session_->finish(); }

 private:
  std::shared_ptr<Session> session_;
};

}  // namespace

// ---------------------------------------------------------------------------------------------
// Reading

void Session::read_head() {
  idle_ = true;
  if (state_.closing || close_after_) return close();
  parser_.emplace();
  parser_->header_limit(static_cast<std::uint32_t>(state_.options.max_head));
  parser_->body_limit(state_.options.max_body);
  stream_.expires_after(state_.options.head_time);
  http::async_read_header(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCodeOf error, std::size_t) { self->on_head(error); });
}

void Session::on_head(ErrorCodeOf error) {
  if (error) return fail(error);
  idle_ = false;
  const HttpHead head = head_of(*parser_);
  head_only_ = head.method == "HEAD";
  if (std::optional<HttpResponse> refusal = state_.handlers.admit(head)) {
    refusal->close = refusal->close || head.has_body;  // the body is not read
    return write(*std::move(refusal));
  }
  const auto expect = parser_->get()[http::field::expect];
  if (!beast::iequals(expect, "100-continue")) return read_body();
  stream_.expires_after(state_.options.body_time);
  asio::async_write(stream_, asio::buffer(kContinue),
                    [self = shared_from_this()](ErrorCodeOf failed, std::size_t) {
                      if (failed) return self->fail(failed);
                      self->read_body();
                    });
}

void Session::read_body() {
  stream_.expires_after(state_.options.body_time);
  http::async_read(
      stream_, buffer_, *parser_,
      [self = shared_from_this()](ErrorCodeOf error, std::size_t) { self->on_body(error); });
}

void Session::on_body(ErrorCodeOf error) {
  if (error) return fail(error);
  stream_.expires_never();
  IncomingRequest request{head_of(*parser_), std::move(parser_->get().body())};
  watch_peer();
  state_.handlers.handle(std::move(request), Reply(shared_from_this()));
}

/// Nothing more is read; the client is told why where it can be.
void Session::fail(ErrorCodeOf error) {
  const int status = status_of(error, parser_ && (buffer_.size() > 0 || parser_->got_some()));
  if (status == 0) return lose();
  refuse(status, refusal_words(status, state_.options));
}

void Session::refuse(int status, const std::string& message) {
  HttpResponse response = state_.handlers.refuse(status, message);
  response.close = true;
  write(std::move(response));
}

// ---------------------------------------------------------------------------------------------
// Answering

template <class Body>
void Session::set_headers(http::response<Body>& message, const HttpResponse& response) const {
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::server, "berth");
  if (!response.content_type.empty()) {
    message.set(http::field::content_type, response.content_type);
  }
  for (const auto& [name, value] : state_.handlers.headers) message.set(name, value);
  for (const auto& [name, value] : response.headers) message.set(name, value);
}

void Session::write(HttpResponse response) {
  if (gone_ || events_open_) return;
  idle_ = false;
  unwatch_peer();
  const bool keep = parser_ && parser_->is_done() && parser_->get().keep_alive() &&
                    !response.close && !close_after_ && !state_.closing;
  body_ = response.body ? response.body : std::make_shared<const std::string>();
  message_.emplace();
  message_->version(11);
  set_headers(*message_, response);
  message_->keep_alive(keep);
  if (response.status != 204 && response.status != 304) {
    message_->content_length(body_->size());
  }
  if (!head_only_) message_->body() = {body_->data(), body_->size()};
  stream_.expires_after(state_.options.write_time);
  http::async_write(stream_, *message_,
                    [self = shared_from_this(), keep](ErrorCodeOf error, std::size_t) {
                      self->on_written(error, keep);
                    });
}

void Session::on_written(ErrorCodeOf error, bool keep) {
  message_.reset();
  body_.reset();
  on_gone_ = nullptr;
  if (error) return lose();
  if (!keep) return close();
  read_head();
}

std::shared_ptr<EventSink::Target> Session::open_events(HttpResponse head) {
  on_strand([self = shared_from_this(), head = std::move(head)]() mutable {
    self->open_stream(std::move(head));
  });
  return std::make_shared<SessionEvents>(shared_from_this());
}

void Session::open_stream(HttpResponse head) {
  if (gone_) return;
  if (head_only_) return write(std::move(head));
  events_open_ = true;
  writing_ = true;
  stream_head_.emplace();
  stream_head_->version(11);
  set_headers(*stream_head_, head);
  stream_head_->chunked(true);
  stream_head_->keep_alive(false);
  stream_serializer_.emplace(*stream_head_);
  stream_.expires_after(state_.options.write_time);
  http::async_write_header(stream_, *stream_serializer_,
                           [self = shared_from_this()](ErrorCodeOf error, std::size_t) {
                             self->writing_ = false;
                             if (error) return self->lose();
                             self->write_events();
                           });
}

void Session::queue(std::string text) {
  if (gone_ || events_end_) return;
  unsent_bytes_ += text.size();
  if (unsent_bytes_ > kMostUnsent) return lose();
  unsent_.push_back(std::move(text));
  write_events();
}

void Session::write_events() {
  if (gone_ || !events_open_ || writing_) return;
  if (unsent_.empty()) {
    stream_.expires_never();
    if (!events_end_) return;
    writing_ = true;
    stream_.expires_after(state_.options.write_time);
    asio::async_write(stream_, asio::buffer(kLastChunk),
                      [self = shared_from_this()](ErrorCodeOf, std::size_t) { self->close(); });
    return;
  }
  writing_ = true;
  stream_.expires_after(state_.options.write_time);
  asio::async_write(stream_, http::make_chunk(asio::const_buffer(asio::buffer(unsent_.front()))),
                    [self = shared_from_this()](ErrorCodeOf error, std::size_t) {
                      self->writing_ = false;
                      if (error) return self->lose();
                      if (self->gone_) return;
                      self->unsent_bytes_ -= self->unsent_.front().size();
                      self->unsent_.pop_front();
                      self->write_events();
                    });
}

// ---------------------------------------------------------------------------------------------
// The other side

/// While an answer is made nothing is read; whoever goes away must be noticed all the same.
void Session::watch_peer() {
  const std::uint64_t mine = ++watch_;
  stream_.socket().async_wait(
      Tcp::socket::wait_read,
      asio::bind_executor(
          stream_.get_executor(), [self = shared_from_this(), mine](ErrorCodeOf error) {
            if (mine != self->watch_ || error) return;
            char byte = 0;
            const auto got =
                ::recv(self->stream_.socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
            if (got == 0) self->lose();  // else its next request: that waits
          }));
}

void Session::unwatch_peer() {
  ++watch_;
  ErrorCodeOf ignored;
  stream_.socket().cancel(ignored);
}

/// The client is gone, or will not be waited for any longer.
void Session::lose() {
  if (gone_) return;
  gone_ = true;
  close();
  if (auto call = std::exchange(on_gone_, nullptr)) call();
}

void Session::close() {
  gone_ = true;
  ++watch_;
  ErrorCodeOf ignored;
  stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
  stream_.close();
}

void start_session(Tcp::socket socket, ServerState& state, bool full) {
  const auto session = std::make_shared<Session>(std::move(socket), state);
  if (full) {
    session->start_full();
  } else {
    session->start();
  }
}

void close_idle_sessions(ServerState& state) {
  std::vector<std::shared_ptr<Session>> open;
  {
    const std::lock_guard lock(state.mutex);
    for (Session* session : state.open) {
      if (auto alive = session->weak_from_this().lock()) open.push_back(std::move(alive));
    }
  }
  for (const auto& session : open) session->close_if_idle();
}

}  // namespace berth
