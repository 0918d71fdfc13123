#include "berth/control/clock.h"

#include <algorithm>
#include <chrono>
#include <thread>

namespace berth {
namespace {

// How often a wait looks at the stop flag.
constexpr double kSliceSeconds = 0.1;

bool stopped(const StopFlag* stop) { return stop != nullptr && stop->stop_requested(); }

}  // namespace

double SystemClock::now_s() const {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

bool SystemClock::wait_until(double time_s, const StopFlag* stop) {
  while (!stopped(stop)) {
    const double left = time_s - now_s();
    if (left <= 0.0) return true;
    std::this_thread::sleep_for(std::chrono::duration<double>(std::min(left, kSliceSeconds)));
  }
  return false;
}

bool PastClock::wait_until(double time_s, const StopFlag* stop) {
  if (stopped(stop) || time_s > to_s_) return false;
  now_s_ = std::max(now_s_.load(), time_s);
  return true;
}

}  // namespace berth
