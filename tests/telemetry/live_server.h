#pragma once
// A test on a real Prometheus: skipped, saying why, where there is none.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "berth/telemetry/demand.h"
#include "tests/support/prometheus_server.h"
#include "tests/support/simulated_engines.h"

namespace berth::testing {

inline constexpr double kHour = 3600.0;
inline constexpr double kStep = 300.0;  // s, of the windows that most tests read

class LiveServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (const std::string why = PrometheusServer::why_not(); !why.empty()) GTEST_SKIP() << why;
  }

  /// Starts the server on these metrics.
  void serve(const std::string& open_metrics);
  [[nodiscard]] Prometheus client() const;

  /// Windows of step_s over from_s..to_s since kScrapeStart.
  [[nodiscard]] DemandReading demand(const TelemetryMapping& mapping, double from_s, double to_s,
                                     double step_s) const;

  std::unique_ptr<PrometheusServer> server_;
};

/// The class of that name; fails the test where there is none.
[[nodiscard]] const MeasuredClass& class_named(const DemandReading& reading,
                                               const std::string& name);
[[nodiscard]] const TelemetryWarning* warning_of(const TelemetryWarnings& warnings,
                                                 TelemetryWarning::Kind kind,
                                                 const std::string& query_class = "*");
[[nodiscard]] std::string all_texts(const TelemetryWarnings& warnings);

}  // namespace berth::testing
