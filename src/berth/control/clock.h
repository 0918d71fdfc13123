#pragma once
// The time a control loop lives in: now, or the past at full speed.

#include <atomic>

#include "berth/core/limits.h"

namespace berth {

class Clock {
 public:
  Clock() = default;
  Clock(const Clock&) = delete;
  Clock& operator=(const Clock&) = delete;
  virtual ~Clock() = default;

  /// Seconds since 1970.
  [[nodiscard]] virtual double now_s() const = 0;
  /// Returns at that time, or earlier when asked to stop; false then, and where time ends before.
  virtual bool wait_until(double time_s, const StopFlag* stop) = 0;
};

/// The wall clock.
class SystemClock : public Clock {
 public:
  [[nodiscard]] double now_s() const override;
  bool wait_until(double time_s, const StopFlag* stop) override;
};

/// From one moment of the past to another, without waiting.
class PastClock : public Clock {
 public:
  PastClock(double from_s, double to_s) : now_s_(from_s), to_s_(to_s) {}
  [[nodiscard]] double now_s() const override { return now_s_; }
  bool wait_until(double time_s, const StopFlag* stop) override;

 private:
  std::atomic<double> now_s_;  // others may ask while the loop goes on
  double to_s_;
};

}  // namespace berth
