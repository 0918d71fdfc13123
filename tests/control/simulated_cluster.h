#pragma once
// A fleet, traffic that a test draws by the time of day, and a cluster that does as it is told.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "berth/control/watch.h"

namespace berth::test {

inline constexpr double kBegin = 1'790'000'400.0;  // s since 1970, a multiple of an interval
inline constexpr double kInterval = 300.0;

/// Two classes on L40S and H100; `more` is added to the file.
[[nodiscard]] Fleet small_fleet(const std::string& more = "");

class SimulatedSource : public TelemetrySource {
 public:
  std::function<double(double)> chat = [](double) { return 20.0; };  ///< requests/s at a time
  std::function<double(double)> summary = [](double) { return 4.0; };
  double age_s = 10.0;  ///< of the newest sample
  bool contradicts = false;
  bool unreachable = false;
  double tpot_factor = 0.0;          ///< measured over a TPOT of 50 ms; 0 = nothing is measured
  std::optional<double> chat_until;  ///< no window of `chat` is measured after that
  std::function<void()> on_demand;   ///< may be empty

  Result<DemandReading> demand(double start_s, double end_s, double step_s) override;
  std::map<std::string, ClassLatency> engines;  ///< by object, what they report

  Result<LatencyReading> latency(double start_s, double end_s) override;
  Result<LatencyReading> deployment_latency(std::span<const std::string> objects, double start_s,
                                            double end_s) override;
};

class SimulatedCluster : public Applier {
 public:
  std::vector<Plan> states;  ///< applied, in order
  int failures = 0;          ///< so many applications fail first
  bool renders = true;
  bool becomes_ready = true;
  std::function<void()> on_apply;  ///< may be empty

  Result<std::vector<std::string>> check(const Plan& state) const override;
  Status apply(const Plan& state) override;
  Result<bool> ready(const Plan& state) override;
};

[[nodiscard]] std::map<std::string, int> replicas_of(const Plan& plan);
[[nodiscard]] double rent_of(const Plan& plan);  ///< USD/h

}  // namespace berth::test
