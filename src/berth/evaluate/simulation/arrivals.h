#pragma once
// Requests in the order in which they come: of a workload's classes, or of measured traces.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/workload/generate.h"
#include "berth/workload/trace.h"

namespace berth {

struct Arrival {
  double time = 0.0;  ///< s, never falls
  std::uint32_t query_class = 0;
  std::uint32_t prompt = 1;
  std::uint32_t output = 1;
  std::uint32_t reused = 0;  ///< prompt tokens that a prefix cache holds, where the source knows
  bool reuse_known = false;
};

class Arrivals {
 public:
  Arrivals() = default;
  Arrivals(const Arrivals&) = delete;
  Arrivals& operator=(const Arrivals&) = delete;
  virtual ~Arrivals() = default;

  /// Fills `block` with the next requests; it is empty when there are none left.
  virtual Status next(std::vector<Arrival>& block) = 0;
  /// Requests that fit no class and were left out.
  [[nodiscard]] virtual std::uint64_t unassigned() const { return 0; }
};

/// Drawn from the classes' rates, lengths and variabilities, all rates times `load`.
[[nodiscard]] std::unique_ptr<Arrivals> generated_arrivals(const Fleet& fleet,
                                                           const GenerateOptions& options,
                                                           double load = 1.0);

struct ReplayedTrace {
  std::string name;  ///< of its source
  std::string path;
};

/// Several traces at once, each from its own first request, times divided by `load`. A request's
/// class is found as the workload's rules say. Errors: those of opening a trace.
[[nodiscard]] Result<std::unique_ptr<Arrivals>> trace_arrivals(
    const Fleet& fleet, const std::vector<ReplayedTrace>& traces, const TraceOptions& options,
    double load = 1.0);

}  // namespace berth
