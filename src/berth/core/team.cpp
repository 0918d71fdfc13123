#include "berth/core/team.h"

#include <utility>

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
    try {
      (*task_)(number, worker);
    } catch (...) {
      next_.store(count_, std::memory_order_relaxed);
      const std::lock_guard lock(mutex_);
      if (!failure_) failure_ = std::current_exception();
    }
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
  if (failure_) std::rethrow_exception(std::exchange(failure_, nullptr));
}

void side_by_side(const std::function<void()>& here, const std::function<void()>& beside,
                  const std::function<void()>& end_other) {
  const auto failure_of = [&end_other](const std::function<void()>& work) -> std::exception_ptr {
    try {
      work();
      return nullptr;
    } catch (...) {
      end_other();
      return std::current_exception();
    }
  };
  std::exception_ptr there;
  std::thread other([&] { there = failure_of(beside); });
  const std::exception_ptr failed = failure_of(here);
  other.join();
  if (failed) std::rethrow_exception(failed);
  if (there) std::rethrow_exception(there);
}

}  // namespace berth
