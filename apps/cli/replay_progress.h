#pragma once
// The line that shows how far a replay is, or the plans of --verify: on a terminal, never with
// --quiet.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "apps/cli/console.h"
#include "berth/pipeline/verify.h"

namespace berth::cli {

class ReplayProgress {
 public:
  /// `duration_s` of a run, 0 where nobody knows. The console must outlive this.
  ReplayProgress(const Console& console, int runs, double duration_s);

  /// The same arrivals, counted as they are taken. They refer to this. Unchanged where no progress
  /// is shown.
  [[nodiscard]] ArrivalsOf watch(ArrivalsOf arrivals);

  /// Connects the plans' search, their replays and what comes of each. The request refers to this.
  void connect(VerifyRequest& request);

 private:
  class Watched;

  void taken(std::uint64_t requests, double time_s);
  void run_ended();
  void show();                                    // REQUIRES: the lock
  [[nodiscard]] std::string replay_text() const;  // REQUIRES: the lock

  const Console& console_;
  const int runs_;
  const double duration_s_;
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::chrono::steady_clock::time_point shown_ = begin_;
  std::uint64_t requests_ = 0;
  double time_s_ = 0.0;  ///< of the run that is furthest
  int ended_ = 0;
  int plan_ = 0;       ///< of --verify, from 1; 0 = no --verify
  std::string found_;  ///< what came of the plan before
};

}  // namespace berth::cli
