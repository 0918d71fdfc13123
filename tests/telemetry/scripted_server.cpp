#include "tests/telemetry/scripted_server.h"

#include <chrono>
#include <httplib.h>
#include <mutex>
#include <thread>

#include <fmt/format.h>

namespace berth::testing {

struct ScriptedServer::Parts {
  std::unique_ptr<httplib::Server> server;
  std::thread thread;
  std::mutex mutex;
  std::vector<SeenRequest> seen;
};

ScriptedServer::ScriptedServer(Handler handler, const std::string& certificate_file,
                               const std::string& key_file)
    : parts_(std::make_unique<Parts>()) {
  const bool tls = !certificate_file.empty();
  if (tls) {
    parts_->server =
        std::make_unique<httplib::SSLServer>(certificate_file.c_str(), key_file.c_str());
  } else {
    parts_->server = std::make_unique<httplib::Server>();
  }
  const auto answer = [this, handler](const httplib::Request& request,
                                      httplib::Response& response) {
    SeenRequest seen{request.method, request.path, {}, {}};
    for (const auto& [name, value] : request.params) seen.parameters[name] = value;
    for (const auto& [name, value] : request.headers) seen.headers[name] = value;
    const ScriptedAnswer scripted = handler(seen);
    {
      const std::lock_guard<std::mutex> lock(parts_->mutex);
      parts_->seen.push_back(seen);
    }
    std::this_thread::sleep_for(std::chrono::duration<double>(scripted.after_s));
    response.status = scripted.status;
    for (const auto& [name, value] : scripted.headers) response.set_header(name, value);
    response.set_content(scripted.body, "application/json");
  };
  parts_->server->Get(".*", answer);
  parts_->server->Post(".*", answer);
  const int port = parts_->server->bind_to_any_port("127.0.0.1");
  url_ = fmt::format("{}://127.0.0.1:{}", tls ? "https" : "http", port);
  parts_->thread = std::thread([this] { parts_->server->listen_after_bind(); });
  while (!parts_->server->is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

ScriptedServer::~ScriptedServer() {
  parts_->server->stop();
  parts_->thread.join();
}

std::vector<SeenRequest> ScriptedServer::seen() const {
  const std::lock_guard<std::mutex> lock(parts_->mutex);
  return parts_->seen;
}

}  // namespace berth::testing
