#pragma once
// Private to this room: one connection.

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <memory>
#include <mutex>
#include <set>

#include "berth/http/server.h"

namespace berth {

class Session;

/// What the connections of a server share.
struct ServerState {
  ServerOptions options;
  Handlers handlers;
  std::atomic<bool> closing{false};

  std::mutex mutex;  ///< of what follows
  std::set<Session*> open;
};

/// Serves the socket until either side ends it. With `full` it is told that there is no room.
void start_session(boost::asio::ip::tcp::socket socket, ServerState& state, bool full);

/// Closes what idles; what is being answered is closed after the answer. REQUIRES: closing.
void close_idle_sessions(ServerState& state);

/// Why a client's bytes were refused with 400, 408, 413 or 431.
[[nodiscard]] std::string refusal_words(int status, const ServerOptions& options);

}  // namespace berth
