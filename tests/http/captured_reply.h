#pragma once
// An answer that goes nowhere.

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>

#include "berth/http/message.h"

namespace berth::test {

class CapturedReply : public Reply::Target {
 public:
  void answer(HttpResponse response) override {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
    came_.notify_all();
  }
  std::shared_ptr<EventSink::Target> open_events(HttpResponse head) override {
    answer(std::move(head));
    return nullptr;
  }
  void when_gone(std::function<void()> /*call*/) override {}

  /// Status 0 where there is none yet.
  HttpResponse response_now() {
    const std::lock_guard lock(mutex_);
    return response_.value_or(none());
  }
  /// Waits 10 s at most; status 0 where nobody answered.
  HttpResponse response() {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(10), [this] { return response_.has_value(); });
    return response_.value_or(none());
  }

 private:
  static HttpResponse none() {
    HttpResponse response;
    response.status = 0;
    return response;
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::optional<HttpResponse> response_;
};

[[nodiscard]] inline std::string header_of(const HttpResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers) {
    if (key == name) return value;
  }
  return "";
}

[[nodiscard]] inline std::string body_of(const HttpResponse& response) {
  return response.body ? *response.body : "";
}

}  // namespace berth::test
