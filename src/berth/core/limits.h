#pragma once
// What ends a solve early: time, iterations, a caller's stop flag. Checked by every solver.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>

#include "berth/core/tolerance.h"
#include "berth/core/units.h"

namespace berth {

/// Set from any thread (or a signal handler) to end the work with the best plan so far.
class StopFlag {
 public:
  StopFlag() = default;
  /// Also stopped by `parent` (not owned, may be null): for work that is a part of other work.
  explicit StopFlag(const StopFlag* parent) : parent_(parent) {}

  void request_stop() noexcept { stop_.store(true, std::memory_order_relaxed); }
  [[nodiscard]] bool stop_requested() const noexcept {
    return stop_.load(std::memory_order_relaxed) ||
           (parent_ != nullptr && parent_->stop_requested());
  }

 private:
  const StopFlag* parent_ = nullptr;
  std::atomic<bool> stop_{false};
  static_assert(std::atomic<bool>::is_always_lock_free);
};

/// Where a solve stands: what people watch while it runs. USD/h.
struct Progress {
  double seconds = 0.0;
  std::optional<double> incumbent;  ///< cost of the best plan so far
  std::optional<double> bound;      ///< proven so far
  std::int64_t nodes = 0;           ///< of the search tree
};

struct Limits {
  Seconds time{std::numeric_limits<double>::infinity()};
  std::int64_t iterations = std::numeric_limits<std::int64_t>::max();
  std::int64_t nodes = std::numeric_limits<std::int64_t>::max();  ///< of a search tree
  double gap = tolerance::kOptimalGap;  ///< stop when (cost - bound) / cost is at most this
  int threads = 0;                      ///< 0 = all cores
  const StopFlag* stop = nullptr;       ///< not owned; may be null
  /// Called now and then, from any of the solving threads, one call at a time; may be empty.
  std::function<void(const Progress&)> on_progress = {};
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
