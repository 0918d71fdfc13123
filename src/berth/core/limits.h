#pragma once
// What ends a solve early: time, iterations, a caller's stop flag. Checked by every solver.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>

#include "berth/core/units.h"

namespace berth {

/// Set from any thread (or a signal handler) to end the work with the best plan so far.
class StopFlag {
 public:
  void request_stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool stop_requested() const noexcept {
    return stop_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<bool> stop_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

struct Limits {
  Seconds time{std::numeric_limits<double>::infinity()};
  std::int64_t iterations = std::numeric_limits<std::int64_t>::max();
  int threads = 0;                 ///< 0 = all cores
  const StopFlag* stop = nullptr;  ///< not owned; may be null
};

/// A started clock over Limits.
class Deadline {
 public:
  explicit Deadline(const Limits& limits)
      : limits_(limits), start_(std::chrono::steady_clock::now()) {}

  [[nodiscard]] double elapsed_seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
  }
  [[nodiscard]] bool stopped() const {
    return limits_.stop != nullptr && limits_.stop->stop_requested();
  }
  [[nodiscard]] bool expired() const { return elapsed_seconds() >= limits_.time.value; }
  [[nodiscard]] bool reached() const { return stopped() || expired(); }

 private:
  Limits limits_;
  std::chrono::steady_clock::time_point start_;
};

}  // namespace berth
