#pragma once
// Jobs that end when a test says so, and those who watch them.

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "berth/http/problem.h"
#include "berth/service/jobs.h"
#include "tests/service/served.h"

namespace berth::test {

/// Lets jobs end when it is opened.
class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

/// What was sent to a watcher.
class Watcher : public EventSink::Target {
 public:
  void push(std::string text) override {
    const std::lock_guard lock(mutex_);
    text_ += text;
  }
  void finish() override { ended_ = true; }
  [[nodiscard]] bool gone() const override { return gone_; }

  [[nodiscard]] std::string text() {
    const std::lock_guard lock(mutex_);
    return text_;
  }
  [[nodiscard]] bool ended() const { return ended_; }
  void leave() { gone_ = true; }

 private:
  std::mutex mutex_;
  std::string text_;
  std::atomic<bool> ended_{false};
  std::atomic<bool> gone_{false};
};

inline JobSpec spec(std::function<Result<JobResult>(JobContext&)> work,
                    const std::string& title = "") {
  JobSpec spec;
  spec.kind = "plan";
  spec.title = title;
  spec.keeps = true;
  spec.work = std::move(work);
  return spec;
}

inline void submit(JobQueue& queue, JobSpec spec) { EXPECT_TRUE(queue.submit(std::move(spec))); }

inline Result<JobResult> done(int plan = 1) {
  return JobResult{"{\"plan\":" + std::to_string(plan) + "}", json_response(201, "{}")};
}

/// Works until it is told to stop; keeps what it may.
inline Result<JobResult> until_stopped(JobContext& context) {
  while (!context.stop()->stop_requested()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (!context.settle()) return Error{ErrorCode::kLimitReached, "cancelled", "", ""};
  return done();
}

inline Json job(const JobQueue& queue, std::int64_t id) {
  return Json::parse(queue.json(id).value_or("null"));
}
inline std::string state(const JobQueue& queue, std::int64_t id) {
  return job(queue, id).value("state", "");
}

}  // namespace berth::test
