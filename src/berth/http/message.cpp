#include "berth/http/message.h"

#include <atomic>

namespace berth {

void EventSink::send(std::string_view name, std::string_view data) const {
  if (!target_) return;
  std::string text = "event: ";
  text.append(name).append("\ndata: ").append(data).append("\n\n");
  target_->push(std::move(text));
}

void EventSink::beat() const {
  if (target_) target_->push(": still here\n\n");
}

void EventSink::push(std::string text) const {
  if (target_) target_->push(std::move(text));
}

void EventSink::end() const {
  if (target_) target_->finish();
}

bool EventSink::gone() const { return !target_ || target_->gone(); }

struct Reply::State {
  std::shared_ptr<Target> target;
  std::atomic<bool> answered{false};

  explicit State(std::shared_ptr<Target> to) : target(std::move(to)) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    if (answered) return;
    HttpResponse response;
    response.status = 500;
    response.body = std::make_shared<const std::string>(
        R"({"error":{"code":"internal","message":"nobody answered this request","where":"",)"
        R"("suggestion":""},"errors":[]})");
    target->answer(std::move(response));
  }
};

Reply::Reply(std::shared_ptr<Target> target) : state_(std::make_shared<State>(std::move(target))) {}

void Reply::operator()(HttpResponse response) const {
  if (!state_->answered.exchange(true)) state_->target->answer(std::move(response));
}

EventSink Reply::events(HttpResponse head) const {
  if (state_->answered.exchange(true)) return EventSink();
  return EventSink(state_->target->open_events(std::move(head)));
}

void Reply::when_gone(std::function<void()> call) const {
  state_->target->when_gone(std::move(call));
}

}  // namespace berth
