#pragma once
// From a request to the row that answers it.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "berth/http/guard.h"
#include "berth/http/route.h"
#include "berth/http/server.h"

namespace berth {

struct DispatchOptions {
  std::unique_ptr<TokenFile> token;                ///< null: none is asked for
  bool loopback_only = true;                       ///< requests must name this machine
  int workers = 2;                                 ///< threads for heavy routes
  std::size_t waiting = 64;                        ///< requests for them; one more is answered 429
  std::function<void(int status)> on_status = {};  ///< as those of Handlers
  std::function<void()> on_fault = {};
  // What the server's owner may do about it, in words; may be empty.
  std::string foreign_advice = {};  ///< of a request under another name
  std::string room_advice = {};     ///< of a body that is too long; goes on behind "send less"
};

/// Safe for any thread. Its handlers must not outlive it.
class Dispatcher {
 public:
  Dispatcher(std::vector<HttpRoute> routes, DispatchOptions options);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  [[nodiscard]] Handlers handlers();
  [[nodiscard]] const std::vector<HttpRoute>& routes() const;
  /// Ends the workers; what waits for them is answered 503.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
