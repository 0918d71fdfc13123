#pragma once
// Where a control loop can be asked how it stands: /metrics, /healthz, /readyz, and
// /v1/targets/{namespace}/{deployment} for KEDA. HTTP without TLS: meant for a pod's own network.

#include <memory>
#include <string>

#include "berth/control/clock.h"
#include "berth/control/status.h"
#include "berth/core/result.h"

namespace berth {

struct EndpointOptions {
  std::string host = "127.0.0.1";
  int port = 9469;  ///< 0 = any that is free
  std::string name_space = "default";
};

/// "host:port", "[::1]:port", ":port" (all interfaces). Errors: kUsage.
[[nodiscard]] Result<EndpointOptions> parse_listen(const std::string& text);

/// Serves from threads of its own until it is destroyed.
class Endpoint {
 public:
  /// `status` and `clock` must outlive it. Errors: kUnwritable (the address is taken, or not ours).
  static Result<std::unique_ptr<Endpoint>> open(const EndpointOptions& options,
                                                const WatchStatus& status, const Clock& clock);
  ~Endpoint();
  Endpoint(const Endpoint&) = delete;
  Endpoint& operator=(const Endpoint&) = delete;

  [[nodiscard]] int port() const;

 private:
  struct Impl;
  explicit Endpoint(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
