#pragma once
// Threads for what takes more than a moment.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace berth {

class Workers {
 public:
  Workers(int threads, std::size_t waiting);
  ~Workers() { stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  /// False where too many tasks wait, or it was stopped: the task is not run.
  [[nodiscard]] bool post(std::function<void()> task);
  /// Drops what waits, waits for what runs.
  void stop();

 private:
  void work();

  std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace berth
