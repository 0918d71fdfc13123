#pragma once
// What leaving the plan that runs costs, by option, as searches read it (docs/replan.md).

#include <cstdint>
#include <vector>

#include "berth/instance/instance.h"

namespace berth {

struct SwitchingCosts {
  SwitchingCosts() = default;
  explicit SwitchingCosts(const Instance& instance) {
    const InstanceColumns::Switching& source = instance.columns().switching;
    now = source.replicas;
    for (const CostRate cost : source.start_cost) start.push_back(cost.micros());
    for (const CostRate cost : source.stop_cost) stop.push_back(cost.micros());
  }

  std::vector<std::int32_t> now;    ///< by option: replicas; empty = nothing runs
  std::vector<std::int64_t> start;  ///< micro-dollars per hour, a replica more
  std::vector<std::int64_t> stop;   ///< micro-dollars per hour, a replica less

  [[nodiscard]] bool empty() const { return now.empty(); }
  /// Micro-dollars per hour of running `replicas` of d instead of those of now.
  [[nodiscard]] std::int64_t at(std::size_t d, std::int64_t replicas) const {
    if (now.empty()) return 0;
    const std::int64_t more = replicas - now[d];
    return more >= 0 ? more * start[d] : -more * stop[d];
  }
  /// Of going from `before` to `after` replicas.
  [[nodiscard]] std::int64_t change(std::size_t d, std::int64_t before, std::int64_t after) const {
    return now.empty() ? 0 : at(d, after) - at(d, before);
  }
  void add(const SwitchingCosts& from, std::size_t d) {
    if (from.empty()) return;
    now.push_back(from.now[d]);
    start.push_back(from.start[d]);
    stop.push_back(from.stop[d]);
  }
};

}  // namespace berth
