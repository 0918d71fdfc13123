#pragma once
// Private to this room: what the connections of a server share.

#include <atomic>
#include <cstddef>
#include <mutex>
#include <set>

#include "berth/http/server.h"

namespace berth {

class Session;

struct ServerState {
  ServerOptions options;
  Handlers handlers;
  std::atomic<bool> closing{false};

  std::mutex mutex;  ///< of what follows
  std::set<Session*> open;
  std::size_t refused = 0;  ///< of them: those for whom there is no room
};

}  // namespace berth
