#pragma once
// Work that takes its time: a queue, a few threads, progress for whoever watches, cancelling.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "berth/core/limits.h"
#include "berth/core/result.h"
#include "berth/core/units.h"
#include "berth/http/message.h"

namespace berth {

/// What a job came to.
struct JobResult {
  std::string fields;     ///< JSON of the job's `result`: {"plan": 12}
  HttpResponse response;  ///< for who waits for it
  bool listed = true;     ///< `fields` stand in the list of jobs too
};

/// What the work of a job sees of it. Safe for any thread.
class JobContext {
 public:
  virtual ~JobContext() = default;
  [[nodiscard]] virtual const StopFlag* stop() const = 0;
  /// True: it can no longer be cancelled, what it made may be stored. False: it was cancelled, and
  /// nothing of it may be.
  [[nodiscard]] virtual bool settle() = 0;
  virtual void progress(const Progress& progress) = 0;
  virtual void progress(std::size_t done, std::size_t total) = 0;
  /// Incumbent and bound as they changed: [{"seconds", "incumbent", "bound"}, ...].
  [[nodiscard]] virtual std::string trajectory_json() const = 0;
};

struct JobSpec {
  std::string kind;  ///< "plan", "simulate", "stress", "replay", "explain"
  std::string title;
  std::optional<std::int64_t> plan = std::nullopt;  ///< that a study is of
  bool keeps = false;  ///< stopped early, it ends with what it has; else it is cancelled
  std::function<Result<JobResult>(JobContext&)> work = {};
  /// Told how it ended, once; not called for jobs that nobody waits for. Absent: cancelled.
  std::function<void(const std::optional<Result<JobResult>>&)> on_end = {};
};

/// Numbers for /metrics.
struct JobCounts {
  std::size_t queued = 0;
  std::size_t running = 0;
  std::uint64_t done = 0;  ///< since the start, as what follows
  std::uint64_t failed = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t refused = 0;  ///< the queue was full
};

/// Safe for any thread.
class JobQueue {
 public:
  static constexpr Seconds kEndless{std::numeric_limits<double>::infinity()};

  /// A job that runs for longer than `most` is stopped, and ends with what it has.
  JobQueue(int threads, std::size_t waiting, Seconds most = kEndless);
  ~JobQueue();
  JobQueue(const JobQueue&) = delete;
  JobQueue& operator=(const JobQueue&) = delete;

  /// Its id; nothing where the queue is full, or ends.
  [[nodiscard]] std::optional<std::int64_t> submit(JobSpec spec);
  [[nodiscard]] bool has(std::int64_t id) const;
  [[nodiscard]] std::optional<std::string> json(std::int64_t id) const;
  [[nodiscard]] std::string list_json() const;
  /// Sends progress as it comes, and the end; false: there is no such job.
  bool watch(std::int64_t id, EventSink sink);
  /// Ends it, with what it has so far where `keep` and its spec keeps something; a job that has
  /// ended stays as it is.
  bool cancel(std::int64_t id, bool keep);
  [[nodiscard]] JobCounts counts() const;
  /// Those that jobs are of which wait or run.
  [[nodiscard]] std::vector<std::int64_t> plans() const;
  /// Takes no more jobs, cancels all, waits for them. False: one did not notice within `grace`, and
  /// runs still.
  bool stop(Seconds grace = kEndless);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
