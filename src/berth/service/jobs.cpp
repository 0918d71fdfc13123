#include "berth/service/jobs.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <sys/resource.h>
#include <thread>

#include "berth/service/job.h"

namespace berth {
namespace {

constexpr std::size_t kKeptJobs = 200;  // that have ended
constexpr std::chrono::milliseconds kPulse{100};
constexpr int kPulsesPerBeat = 150;  // 15 s
constexpr int kNice = 10;

/// Whoever only reads is answered first: a solve takes what is left of the processor. The threads
/// that it starts inherit this.
void step_back() { static_cast<void>(::setpriority(PRIO_PROCESS, 0, kNice)); }

}  // namespace

struct JobQueue::Impl {
  mutable std::mutex mutex;  // of all that follows
  std::condition_variable changed;
  std::map<std::int64_t, std::shared_ptr<Job>> jobs;  // by id
  std::deque<std::shared_ptr<Job>> waiting;
  std::size_t most_live = 0;  ///< that wait or run
  Seconds most{};             ///< of one
  std::int64_t last_id = 0;
  JobCounts counts;
  bool ending = false;
  std::vector<std::thread> threads;

  void work() {
    step_back();
    for (;;) {
      std::shared_ptr<Job> job;
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [this] { return ending || !waiting.empty(); });
        if (ending) return;
        job = std::move(waiting.front());
        waiting.pop_front();
        ++counts.running;
      }
      job->run([this](Job::State state) {
        const std::lock_guard lock(mutex);
        --counts.running;
        if (state == Job::State::kDone) ++counts.done;
        if (state == Job::State::kFailed) ++counts.failed;
        changed.notify_all();
      });
      const std::lock_guard lock(mutex);
      forget();
    }
  }

  bool all_end_within(Seconds grace) {
    std::unique_lock lock(mutex);
    const auto none = [this] { return counts.running == 0; };
    if (grace.value < kEndless.value) {
      return changed.wait_for(lock, std::chrono::duration<double>(grace.value), none);
    }
    changed.wait(lock, none);
    return true;
  }

  /// Everybody is told at once, whether it waited or runs.
  void cancel(const std::shared_ptr<Job>& job, bool keep) {
    if (!job->cancel(keep)) return;
    {
      const std::lock_guard lock(mutex);
      std::erase(waiting, job);
      ++counts.cancelled;
      forget();
    }
    job->tell_cancelled();
  }

  void forget() {
    const std::size_t live = waiting.size() + counts.running;
    for (auto it = jobs.begin(); it != jobs.end() && jobs.size() > kKeptJobs + live;) {
      const Job::State state = it->second->state();
      const bool ended = state != Job::State::kQueued && state != Job::State::kRunning;
      it = ended ? jobs.erase(it) : std::next(it);
    }
  }

  std::vector<std::shared_ptr<Job>> all() const {
    const std::lock_guard lock(mutex);
    std::vector<std::shared_ptr<Job>> list;
    for (const auto& [id, job] : jobs) list.push_back(job);
    return list;
  }

  std::shared_ptr<Job> find(std::int64_t id) const {
    const std::lock_guard lock(mutex);
    const auto found = jobs.find(id);
    return found == jobs.end() ? nullptr : found->second;
  }

  void pulse() {
    int pulses = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex);
        if (changed.wait_for(lock, kPulse, [this] { return ending; })) return;
      }
      const bool beat = ++pulses % kPulsesPerBeat == 0;
      for (const auto& job : all()) {
        job->expire(most.value);
        job->pulse(beat);
      }
    }
  }
};

JobQueue::JobQueue(int threads, std::size_t waiting, Seconds most)
    : impl_(std::make_unique<Impl>()) {
  const int runners = std::max(1, threads);
  impl_->most_live = waiting + static_cast<std::size_t>(runners);
  impl_->most = most;
  for (int k = 0; k < runners; ++k) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->work(); });
  }
  impl_->threads.emplace_back([impl = impl_.get()] { impl->pulse(); });
}

JobQueue::~JobQueue() { stop(); }

std::optional<std::int64_t> JobQueue::submit(JobSpec spec) {
  const std::lock_guard lock(impl_->mutex);
  if (impl_->ending || impl_->waiting.size() + impl_->counts.running >= impl_->most_live) {
    ++impl_->counts.refused;
    return std::nullopt;
  }
  const std::int64_t id = ++impl_->last_id;
  auto job = std::make_shared<Job>(id, std::move(spec));
  impl_->jobs.emplace(id, job);
  impl_->waiting.push_back(std::move(job));
  impl_->forget();
  impl_->changed.notify_all();
  return id;
}

bool JobQueue::has(std::int64_t id) const { return impl_->find(id) != nullptr; }

std::optional<std::string> JobQueue::json(std::int64_t id) const {
  const auto job = impl_->find(id);
  if (!job) return std::nullopt;
  return job->json() + "\n";
}

std::string JobQueue::list_json() const {
  const auto jobs = impl_->all();
  std::string text = "{\"jobs\":[";
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) {
    text += (job == jobs.rbegin() ? "" : ",") + (*job)->listed_json();
  }
  return text + "]}\n";
}

bool JobQueue::watch(std::int64_t id, EventSink sink) {
  const auto job = impl_->find(id);
  if (!job) return false;
  job->watch(std::move(sink));
  return true;
}

bool JobQueue::cancel(std::int64_t id, bool keep) {
  const auto job = impl_->find(id);
  if (!job) return false;
  impl_->cancel(job, keep);
  return true;
}

std::vector<std::int64_t> JobQueue::plans() const {
  std::vector<std::int64_t> ids;
  for (const auto& job : impl_->all()) {
    if (const auto plan = job->live_plan()) ids.push_back(*plan);
  }
  return ids;
}

JobCounts JobQueue::counts() const {
  const std::lock_guard lock(impl_->mutex);
  JobCounts counts = impl_->counts;
  counts.queued = impl_->waiting.size();
  return counts;
}

bool JobQueue::stop(Seconds grace) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ending = true;
  }
  for (const auto& job : impl_->all()) impl_->cancel(job, false);
  impl_->changed.notify_all();
  if (!impl_->all_end_within(grace)) return false;
  for (std::thread& thread : impl_->threads) thread.join();
  impl_->threads.clear();
  return true;
}

}  // namespace berth
