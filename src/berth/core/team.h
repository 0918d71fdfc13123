#pragma once
// A few threads that share out numbered tasks and wait for each other: for passes of well under a
// millisecond, where starting threads would cost more than it saves. And two long pieces of work
// side by side.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace berth {

class Team {
 public:
  /// The caller is one of the `threads`. REQUIRES: threads >= 1.
  explicit Team(int threads);
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;
  ~Team();

  [[nodiscard]] std::size_t size() const { return threads_.size() + 1; }

  /// Calls task(number, worker) for every number below `count`, in no particular order, and returns
  /// when all are done; `worker` < size() tells the threads apart. If a task throws, tasks that
  /// have not begun are left out and the exception is thrown here.
  void run(std::size_t count, const std::function<void(std::size_t, std::size_t)>& task);

 private:
  void work(std::size_t worker);
  void take(std::size_t worker);

  std::vector<std::thread> threads_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::condition_variable done_;
  std::size_t round_ = 0;
  std::size_t busy_ = 0;
  bool quit_ = false;
  const std::function<void(std::size_t, std::size_t)>* task_ = nullptr;
  std::size_t count_ = 0;
  std::atomic<std::size_t> next_{0};
  std::exception_ptr failure_;  // of the first task that threw
};

/// Does `here` on this thread and `beside` on another, and returns when both have ended. If one
/// throws, `end_other` is called from its thread, so that nobody waits long, and the exception is
/// thrown here; if both do, that of `here`.
void side_by_side(const std::function<void()>& here, const std::function<void()>& beside,
                  const std::function<void()>& end_other);

}  // namespace berth
