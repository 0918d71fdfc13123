#pragma once
// `berth serve`: plans over HTTP, kept, compared, tested, exported, and a page. docs/serve.md.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/http/server.h"

namespace berth {

struct ServeOptions {
  ListenAddress listen{"127.0.0.1", 8080};
  std::filesystem::path db = "berth.db";
  std::filesystem::path token_file;  ///< empty: no token is asked for
  int jobs = 1;                      ///< at once
  std::size_t queue = 16;
  int threads = 0;           ///< of a solve; 0 = all cores
  Seconds time_limit{60.0};  ///< the longest of a job
  std::int64_t keep = 0;     ///< plans in the history, the newest; 0 = all
  std::size_t max_body = std::size_t{4} * 1024 * 1024;
  std::size_t connections = 1024;
  std::string name_space = "default";
  std::string version = "0";
};

class Service {
 public:
  /// What is wrong with the options, before anything is opened. Errors (all): those of TokenFile;
  /// kUsage beyond loopback without a token, and of a namespace that is none.
  static Status check(const ServeOptions& options);
  /// Errors: those of check and PlanStore; kUnwritable where it cannot listen.
  static Result<std::unique_ptr<Service>> open(const ServeOptions& options);
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  [[nodiscard]] int port() const;
  /// Answers what is asked already, cancels jobs, lets nobody in: within 5 s. False: a solve has
  /// not noticed yet; it keeps nothing, and the destructor waits for it.
  bool stop();

 private:
  struct Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

/// The OpenAPI document of a service that asks for a token or does not.
[[nodiscard]] std::string service_openapi(const std::string& version, bool token);

}  // namespace berth
