#pragma once
// A request as it came, an answer as it goes, and the promise of one. No byte of either has met a
// file or a shell.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace berth {

/// What a request says before its body.
struct HttpHead {
  std::string method;  ///< "GET"
  std::string target;  ///< as it came: "/v1/plans/3?x=1"
  std::string host;    ///< these as headers, empty where absent
  std::string origin;
  std::string authorization;
  std::string content_type;
  std::string if_none_match;
  std::string accept_encoding;
  bool has_body = false;
};

struct IncomingRequest {
  HttpHead head;
  std::string body;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::shared_ptr<const std::string> body;  ///< null = none
  std::vector<std::pair<std::string, std::string>> headers = {};
  bool close = false;  ///< the connection, after this
};

/// Events on their way to a client. Safe for any thread; copies speak to the same client.
class EventSink {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void push(std::string text) = 0;
    virtual void finish() = 0;
    [[nodiscard]] virtual bool gone() const = 0;
  };
  EventSink() = default;
  explicit EventSink(std::shared_ptr<Target> target) : target_(std::move(target)) {}

  /// `event: name`, `data: data`. `data` has no line breaks.
  void send(std::string_view name, std::string_view data) const;
  /// A comment, which keeps the way open.
  void beat() const;
  /// As it is, for who made it before.
  void push(std::string text) const;
  void end() const;
  /// Nobody reads them any more.
  [[nodiscard]] bool gone() const;

 private:
  std::shared_ptr<Target> target_;
};

/// Who waits for an answer. Safe for any thread; answered once, and with 500 where nobody did
/// before the last copy went.
class Reply {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void answer(HttpResponse response) = 0;
    virtual std::shared_ptr<EventSink::Target> open_events(HttpResponse head) = 0;
    virtual void when_gone(std::function<void()> call) = 0;
  };
  explicit Reply(std::shared_ptr<Target> target);

  void operator()(HttpResponse response) const;
  /// A stream of server-sent events; `head` has the headers of the answer.
  [[nodiscard]] EventSink events(HttpResponse head) const;
  /// Called once, should the client go away before it is answered, or before its events end.
  void when_gone(std::function<void()> call) const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace berth
