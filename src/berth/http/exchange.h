#pragma once
// Private to this room: one request of a connection, as those see it who answer it.

#include <memory>
#include <utility>

#include "berth/http/session.h"

namespace berth {

class ExchangeEvents : public EventSink::Target {
 public:
  ExchangeEvents(std::shared_ptr<Session> session, Session::Number number)
      : session_(std::move(session)), number_(number) {}
  ~ExchangeEvents() override { session_->finish(number_); }
  ExchangeEvents(const ExchangeEvents&) = delete;
  ExchangeEvents& operator=(const ExchangeEvents&) = delete;

  void push(std::string text) override { session_->push(number_, std::move(text)); }
  void finish() override { session_->finish(number_); }
  [[nodiscard]] bool gone() const override { return session_->gone(number_); }

 private:
  std::shared_ptr<Session> session_;
  Session::Number number_;
};

class Exchange : public Reply::Target {
 public:
  Exchange(std::shared_ptr<Session> session, Session::Number number)
      : session_(std::move(session)), number_(number) {}

  void answer(HttpResponse response) override { session_->answer(number_, std::move(response)); }
  std::shared_ptr<EventSink::Target> open_events(HttpResponse head) override {
    session_->open_events(number_, std::move(head));
    return std::make_shared<ExchangeEvents>(session_, number_);
  }
  void when_gone(std::function<void()> call) override {
    session_->when_gone(number_, std::move(call));
  }

 private:
  std::shared_ptr<Session> session_;
  Session::Number number_;
};

}  // namespace berth
