#pragma once
// A few threads that share out numbered tasks and wait for each other: for passes of well under a
// millisecond, where starting threads would cost more than it saves.

#include <atomic>
#include <condition_variable>
#include <cstddef>
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
  /// when all are done; `worker` < size() tells the threads apart. Tasks must not throw.
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
};

}  // namespace berth
