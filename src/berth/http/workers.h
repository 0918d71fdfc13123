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

  struct Task {
    std::function<void()> run;
    std::function<void()> drop;  ///< called instead where it waits when the workers stop
  };

  /// False where too many tasks wait, or it was stopped: nothing of the task is called.
  [[nodiscard]] bool post(Task task);
  /// Drops what waits, waits for what runs.
  void stop();

 private:
  void work();

  std::size_t most_waiting_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Task> waiting_;
  bool ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace berth
