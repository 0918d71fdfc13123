#pragma once
// Private to the queue: one job, guarded by a mutex of its own.

#include <chrono>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "berth/service/jobs.h"

namespace berth {

class Job : public JobContext {
 public:
  enum class State { kQueued, kRunning, kDone, kFailed, kCancelled };
  struct Point {
    double seconds = 0.0;
    std::optional<double> incumbent;
    std::optional<double> bound;
  };

  Job(std::int64_t id, JobSpec spec);

  [[nodiscard]] std::int64_t id() const { return id_; }
  [[nodiscard]] State state() const;
  /// The plan that it is of, while it has not ended.
  [[nodiscard]] std::optional<std::int64_t> live_plan() const;
  [[nodiscard]] std::string json() const;
  /// Without its trajectory, and without a result that is too large for a list.
  [[nodiscard]] std::string listed_json() const;

  /// Runs the work on this thread unless it was cancelled before. Then `count` is called, once, and
  /// everybody told, in this order: whoever is told finds it counted. Of a job that was cancelled
  /// they were told then.
  void run(const std::function<void(State)>& count);
  /// True: this has ended it, though the work may take a while to notice; tell_cancelled is due.
  [[nodiscard]] bool cancel(bool keep);
  void tell_cancelled() { tell_end(std::nullopt); }
  void watch(EventSink sink);
  /// Sends what is new to those who watch; with `beat` something at least.
  void pulse(bool beat);

  /// Stops it when it has run for longer; it ends with what it has.
  void expire(double most_s);

  [[nodiscard]] const StopFlag* stop() const override { return &stop_; }
  [[nodiscard]] bool settle() override;
  void progress(const Progress& progress) override;
  void progress(std::size_t done, std::size_t total) override;
  [[nodiscard]] std::string trajectory_json() const override;

 private:
  [[nodiscard]] bool begin();
  [[nodiscard]] bool ended() const;                          // REQUIRES: locked
  [[nodiscard]] std::string json_locked(bool listed) const;  // REQUIRES: locked
  [[nodiscard]] std::string points_json() const;             // REQUIRES: locked
  [[nodiscard]] std::string progress_json() const;           // REQUIRES: locked
  [[nodiscard]] double seconds_so_far() const;               // REQUIRES: locked
  void add_point(const Point& point);                        // REQUIRES: locked
  void set_ended(State state);                               // REQUIRES: locked
  Result<JobResult> work();
  void end(State state, Result<JobResult> result);
  void tell_end(const std::optional<Result<JobResult>>& result);

  const std::int64_t id_;
  StopFlag stop_;

  mutable std::mutex mutex_;  // of all that follows
  JobSpec spec_;
  State state_ = State::kQueued;
  bool cancelled_ = false;  // by somebody who keeps nothing
  bool settled_ = false;
  bool expired_ = false;
  double created_s_ = 0.0;  // since 1970
  std::optional<double> started_s_;
  std::chrono::steady_clock::time_point begin_;
  std::optional<double> finished_s_;
  Progress progress_;
  Point best_;
  std::optional<std::pair<std::size_t, std::size_t>> done_of_;
  bool fresh_ = false;  // there is progress that nobody was sent
  std::vector<Point> points_;
  std::string result_;  // JSON; empty = none
  bool result_listed_ = true;
  std::string error_;  // fields of an error answer; empty = none
  std::vector<EventSink> sinks_;
};

}  // namespace berth
