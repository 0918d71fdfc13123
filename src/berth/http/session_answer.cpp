// How a connection answers: whole answers, and streams of events.

#include <boost/asio/write.hpp>
#include <utility>

#include "berth/http/session.h"

namespace berth {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;

constexpr std::size_t kMostUnsent =
    std::size_t{1024} * 1024;  // bytes of events for a client that does not read
constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace

template <class Body>
void Session::set_headers(http::response<Body>& message, const HttpResponse& response) const {
  message.version(11);
  message.result(static_cast<unsigned>(response.status));
  message.set(http::field::server, "berth");
  if (!response.content_type.empty()) {
    message.set(http::field::content_type, response.content_type);
  }
  for (const auto& [name, value] : state_.handlers.headers) message.set(name, value);
  for (const auto& [name, value] : response.headers) message.set(name, value);
}

void Session::count(const HttpResponse& response) const {
  if (state_.handlers.on_status) state_.handlers.on_status(response.status);
}

// ---------------------------------------------------------------------------------------------
// Whole answers

void Session::answer(Number number, HttpResponse response) {
  on_strand([self = shared_from_this(), number, response = std::move(response)]() {
    if (number == self->number_) self->write(response);
  });
}

/// `stream`: the head alone of what would be a stream.
void Session::write(const HttpResponse& response, bool stream) {
  if (gone_ || events_open_) return;
  count(response);
  ++number_;
  idle_ = false;
  on_gone_ = nullptr;
  unwatch_peer();
  const bool whole = parser_ && parser_->is_done();
  const bool keep = whole && parser_->get().keep_alive() && parser_->get().version() >= 11 &&
                    !response.close && !close_after_ && !state_.closing;
  body_ = response.body ? response.body : std::make_shared<const std::string>();
  message_.emplace();
  set_headers(*message_, response);
  message_->keep_alive(keep);
  const bool has_length = response.status != 204 && response.status != 304 && !stream;
  if (has_length) message_->content_length(body_->size());
  if (!head_only_) message_->body() = {body_->data(), body_->size()};
  expire_after(state_.options.write_time);
  http::async_write(socket_, *message_,
                    [self = shared_from_this(), keep](SystemError error, std::size_t) {
                      self->on_written(error, keep);
                    });
}

void Session::on_written(SystemError error, bool keep) {
  message_.reset();
  body_.reset();
  if (error) return lose();
  if (!keep) return linger();
  read_head();
}

// ---------------------------------------------------------------------------------------------
// Events

void Session::open_events(Number number, HttpResponse head) {
  on_strand([self = shared_from_this(), number, head = std::move(head)]() mutable {
    if (number == self->number_) self->open_stream(std::move(head));
  });
}

void Session::push(Number number, std::string text) {
  on_strand([self = shared_from_this(), number, text = std::move(text)]() mutable {
    if (number == self->number_) self->queue(std::move(text));
  });
}

void Session::finish(Number number) {
  on_strand([self = shared_from_this(), number] {
    if (number != self->number_) return;
    self->events_end_ = true;
    self->write_events();
  });
}

void Session::open_stream(HttpResponse head) {
  if (gone_) return;
  if (head_only_) return write(head, true);
  count(head);
  events_open_ = true;
  writing_ = true;
  stream_head_.emplace();
  set_headers(*stream_head_, head);
  stream_head_->chunked(true);
  stream_head_->keep_alive(false);
  stream_serializer_.emplace(*stream_head_);
  expire_after(state_.options.write_time);
  http::async_write_header(socket_, *stream_serializer_,
                           [self = shared_from_this()](SystemError error, std::size_t) {
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
  if (unsent_.empty() && !events_end_) return expire_never();
  writing_ = true;
  expire_after(state_.options.write_time);
  if (unsent_.empty()) {
    asio::async_write(socket_, asio::buffer(kLastChunk),
                      [self = shared_from_this()](SystemError, std::size_t) { self->close(); });
    return;
  }
  asio::async_write(socket_, http::make_chunk(asio::const_buffer(asio::buffer(unsent_.front()))),
                    [self = shared_from_this()](SystemError error, std::size_t) {
                      self->on_event_written(error);
                    });
}

void Session::on_event_written(SystemError error) {
  writing_ = false;
  if (gone_) return unsent_.clear();
  if (error) return lose();
  unsent_bytes_ -= unsent_.front().size();
  unsent_.pop_front();
  write_events();
}

}  // namespace berth
