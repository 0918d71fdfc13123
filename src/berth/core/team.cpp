#include "berth/core/team.h"

namespace berth {

Team::Team(int threads) {
  for (int k = 1; k < threads; ++k) {
    threads_.emplace_back([this, k] { work(static_cast<std::size_t>(k)); });
  }
}

Team::~Team() {
  {
    const std::lock_guard lock(mutex_);
    quit_ = true;
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void Team::take(std::size_t worker) {
  for (;;) {
    const std::size_t number = next_.fetch_add(1, std::memory_order_relaxed);
    if (number >= count_) return;
    (*task_)(number, worker);
  }
}

void Team::work(std::size_t worker) {
  std::size_t seen = 0;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [&] { return quit_ || round_ != seen; });
      if (quit_) return;
      seen = round_;
    }
    take(worker);
    const std::lock_guard lock(mutex_);
    if (--busy_ == 0) done_.notify_one();
  }
}

void Team::run(std::size_t count, const std::function<void(std::size_t, std::size_t)>& task) {
  if (threads_.empty() || count < 2) {
    for (std::size_t number = 0; number < count; ++number) task(number, 0);
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    task_ = &task;
    count_ = count;
    next_.store(0, std::memory_order_relaxed);
    busy_ = threads_.size();
    ++round_;
  }
  wake_.notify_all();
  take(0);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return busy_ == 0; });
}

}  // namespace berth
