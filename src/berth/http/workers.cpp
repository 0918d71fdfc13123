#include "berth/http/workers.h"

#include <utility>

namespace berth {

Workers::Workers(int threads, std::size_t waiting) : most_waiting_(waiting) {
  for (int k = 0; k < threads; ++k) threads_.emplace_back([this] { work(); });
}

bool Workers::post(Task task) {
  {
    const std::lock_guard lock(mutex_);
    if (ending_ || waiting_.size() >= most_waiting_) return false;
    waiting_.push_back(std::move(task));
  }
  changed_.notify_one();
  return true;
}

void Workers::stop() {
  std::deque<Task> dropped;
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    dropped.swap(waiting_);
  }
  changed_.notify_all();
  for (const Task& task : dropped) task.drop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

void Workers::work() {
  for (;;) {
    Task task;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
      if (ending_) return;
      task = std::move(waiting_.front());
      waiting_.pop_front();
    }
    task.run();
  }
}

}  // namespace berth
