#pragma once
// Private to this room: one connection. Its own state is touched on its strand alone.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "berth/http/server_state.h"

namespace berth {

class Session : public std::enable_shared_from_this<Session> {
 public:
  using Socket = boost::asio::ip::tcp::socket;
  using SystemError = boost::system::error_code;
  /// Which request of the connection: what speaks of an earlier one is not heard.
  using Number = std::uint64_t;

  /// `refused`: there is no room for it. Unless what it asks is vital, that is all it is told.
  Session(Socket socket, ServerState& state, bool refused);
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // From any thread.
  void start();
  void close_if_idle();
  void drop();  ///< closes it unless it is being answered
  void answer(Number number, HttpResponse response);
  void open_events(Number number, HttpResponse head);
  void push(Number number, std::string text);
  void finish(Number number);
  void when_gone(Number number, std::function<void()> call);
  /// The client is, or has been answered.
  [[nodiscard]] bool gone(Number number) const { return gone_ || number != number_; }

 private:
  using Deadline = std::chrono::milliseconds;

  template <class Work>
  void on_strand(Work work) {
    boost::asio::post(socket_.get_executor(), std::move(work));
  }

  void read_head();
  void on_head(SystemError error);
  void read_body();
  void on_body(SystemError error);
  void fail(SystemError error);
  void refuse(int status);
  void write(const HttpResponse& response, bool stream = false);
  void count(const HttpResponse& response) const;
  void on_written(SystemError error, bool keep);
  void open_stream(HttpResponse head);
  void queue(std::string text);
  void write_events();
  void on_event_written(SystemError error);
  void watch_peer();
  void watch_peer_later();
  void unwatch_peer();
  void expire_after(Deadline time);
  void expire_never();
  void lose();
  void linger();
  void drain();
  void close();
  void leave();
  template <class Body>
  void set_headers(boost::beast::http::response<Body>& message, const HttpResponse& response) const;

  Socket socket_;
  boost::asio::steady_timer timer_;       // of deadlines
  boost::asio::steady_timer peer_timer_;  // of looks at a client that has sent more already
  ServerState& state_;
  boost::beast::flat_buffer buffer_;
  std::optional<boost::beast::http::request_parser<boost::beast::http::string_body>> parser_;
  std::optional<boost::beast::http::response<boost::beast::http::span_body<const char>>> message_;
  std::shared_ptr<const std::string> body_;  // what message_ points into
  std::optional<boost::beast::http::response<boost::beast::http::empty_body>> stream_head_;
  std::optional<boost::beast::http::response_serializer<boost::beast::http::empty_body>>
      stream_serializer_;
  std::deque<std::string> unsent_;  // events; the first is being written
  std::size_t unsent_bytes_ = 0;
  std::function<void()> on_gone_;
  std::atomic<Number> number_{0};  // of the request that is being answered
  std::uint64_t watch_ = 0;        // which wait for the peer counts
  std::uint64_t expiry_ = 0;       // which deadline counts
  const bool refused_;
  bool expired_ = false;
  bool idle_ = true;
  bool close_after_ = false;
  bool head_only_ = false;  // HEAD
  std::atomic<bool> gone_{false};
  bool events_open_ = false;
  bool events_end_ = false;
  bool writing_ = false;
};

/// Why a client was refused with 400, 408, 413, 431 or 503.
[[nodiscard]] std::string refusal_words(int status, const ServerOptions& options);

}  // namespace berth
