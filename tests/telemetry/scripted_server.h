#pragma once
// An HTTP server in this process that answers as the test says. cpp-httplib stays in the .cpp.

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace berth::testing {

struct SeenRequest {
  std::string method;
  std::string path;
  std::map<std::string, std::string> parameters;  ///< of the query and of the form
  std::map<std::string, std::string> headers;
};

struct ScriptedAnswer {
  int status = 200;
  std::string body;
  double after_s = 0.0;  ///< waits so long
  std::map<std::string, std::string> headers = {};
};

class ScriptedServer {
 public:
  using Handler = std::function<ScriptedAnswer(const SeenRequest&)>;

  /// Listens on a free port of the loopback interface; with a certificate and key, over TLS.
  explicit ScriptedServer(Handler handler, const std::string& certificate_file = "",
                          const std::string& key_file = "");
  ~ScriptedServer();
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }
  [[nodiscard]] std::vector<SeenRequest> seen() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
  std::string url_;
};

}  // namespace berth::testing
