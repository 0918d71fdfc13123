#pragma once
// A real Prometheus on backfilled data: started for one test, gone at its end.

#include <string>
#include <string_view>
#include <sys/types.h>

#include "tests/support/temporary_directory.h"

namespace berth::testing {

class PrometheusServer {
 public:
  /// Why no server can be started here; empty = it can. Tests skip with this.
  [[nodiscard]] static std::string why_not();

  /// Backfills `open_metrics` (ends in "# EOF\n") and waits until the server is ready. Throws
  /// std::runtime_error with what the programs said. REQUIRES: why_not() is empty.
  explicit PrometheusServer(std::string_view open_metrics);
  ~PrometheusServer();
  PrometheusServer(const PrometheusServer&) = delete;
  PrometheusServer& operator=(const PrometheusServer&) = delete;

  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  void backfill(std::string_view open_metrics) const;
  bool start(int port);
  void stop();

  TemporaryDirectory directory_;
  std::string url_;
  pid_t process_ = -1;
};

}  // namespace berth::testing
