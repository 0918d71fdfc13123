#include "berth/service/job.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "berth/http/problem.h"
#include "berth/service/json_text.h"

namespace berth {
namespace {

constexpr std::size_t kMostPoints = 2000;  // of a trajectory: every other one goes beyond

double now_s() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

const char* state_name(Job::State state) {
  switch (state) {
    case Job::State::kQueued: return "queued";
    case Job::State::kRunning: return "running";
    case Job::State::kDone: return "done";
    case Job::State::kFailed: return "failed";
    case Job::State::kCancelled: return "cancelled";
  }
  return "";
}

std::string time_or_null(const std::optional<double>& seconds) {
  return seconds ? json_time(*seconds) : "null";
}

std::optional<double> least(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::min(a, b) : (a ? a : b);
}
std::optional<double> most(std::optional<double> a, std::optional<double> b) {
  return a && b ? std::max(a, b) : (a ? a : b);
}

Error expired_error() {
  return {ErrorCode::kLimitReached, "it took longer than a job may here", "",
          "ask for less, or start the server with a larger --time-limit"};
}

}  // namespace

Job::Job(std::int64_t id, JobSpec spec) : id_(id), spec_(std::move(spec)), created_s_(now_s()) {}

double Job::seconds_so_far() const {
  if (!started_s_) return 0.0;
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

Job::State Job::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

std::optional<std::int64_t> Job::live_plan() const {
  const std::lock_guard lock(mutex_);
  return ended() ? std::nullopt : spec_.plan;
}

bool Job::ended() const { return state_ != State::kQueued && state_ != State::kRunning; }

bool Job::settle() {
  const std::lock_guard lock(mutex_);
  settled_ = !cancelled_;
  return settled_;
}

std::string Job::progress_json() const {
  std::optional<double> gap;
  if (progress_.incumbent && progress_.bound && *progress_.incumbent > 0.0) {
    gap = (*progress_.incumbent - *progress_.bound) / *progress_.incumbent;
  }
  return fmt::format(
      R"({{"seconds":{},"incumbent":{},"bound":{},"gap":{},"nodes":{},"done":{},"total":{}}})",
      state_ == State::kRunning ? seconds_so_far() : progress_.seconds,
      json_or_null(progress_.incumbent), json_or_null(progress_.bound), json_or_null(gap),
      progress_.nodes, done_of_ ? fmt::format("{}", done_of_->first) : "null",
      done_of_ ? fmt::format("{}", done_of_->second) : "null");
}

std::string Job::points_json() const {
  std::string text = "[";
  for (const Point& point : points_) {
    text +=
        fmt::format(R"({}{{"seconds":{},"incumbent":{},"bound":{}}})", text.size() == 1 ? "" : ",",
                    point.seconds, json_or_null(point.incumbent), json_or_null(point.bound));
  }
  return text + "]";
}

std::string Job::json_locked(bool listed) const {
  const bool with_result = !result_.empty() && (result_listed_ || !listed);
  return fmt::format(
      R"({{"id":{},"kind":{},"state":"{}","created":{},"started":{},"finished":{},"plan":{},)"
      R"("title":{},"progress":{},"result":{},"error":{}{}}})",
      id_, json_string(spec_.kind), state_name(state_), json_time(created_s_),
      time_or_null(started_s_), time_or_null(finished_s_), json_or_null(spec_.plan),
      json_string(spec_.title), progress_json(), with_result ? result_ : "null",
      error_.empty() ? "null" : "{" + error_ + "}",
      listed ? "" : ",\"trajectory\":" + points_json());
}

std::string Job::json() const {
  const std::lock_guard lock(mutex_);
  return json_locked(false);
}

std::string Job::listed_json() const {
  const std::lock_guard lock(mutex_);
  return json_locked(true);
}

std::string Job::trajectory_json() const {
  const std::lock_guard lock(mutex_);
  return points_json();
}

void Job::add_point(const Point& point) {
  if (!points_.empty() && points_.back().incumbent == point.incumbent &&
      points_.back().bound == point.bound) {
    return;
  }
  if (points_.size() >= kMostPoints) {
    for (std::size_t k = 0; 2 * k < points_.size(); ++k) points_[k] = points_[2 * k];
    points_.resize(points_.size() / 2);
  }
  points_.push_back(point);
}

void Job::progress(const Progress& progress) {
  const std::lock_guard lock(mutex_);
  if (ended()) return;
  const auto nodes = progress_.nodes;  // what comes last may have searched none
  progress_ = progress;
  progress_.nodes = std::max(progress_.nodes, nodes);
  // One method may follow another, each with a clock of its own, and knows nothing of what came
  // before.
  progress_.seconds = seconds_so_far();
  best_ = {progress_.seconds, least(best_.incumbent, progress.incumbent),
           most(best_.bound, progress.bound)};
  progress_.incumbent = best_.incumbent;
  progress_.bound = best_.bound;
  add_point(best_);
  fresh_ = true;
}

void Job::progress(std::size_t done, std::size_t total) {
  const std::lock_guard lock(mutex_);
  if (ended()) return;
  done_of_ = {done, total};
  progress_.seconds = seconds_so_far();
  fresh_ = true;
}

/// A bug in one job ends that job, not the service.
Result<JobResult> Job::work() {
  const auto work = std::exchange(spec_.work, nullptr);  // it keeps what it works on
  try {
    Result<JobResult> result = work(*this);
    const std::lock_guard lock(mutex_);
    if (!result && expired_ && result.errors().front().code == ErrorCode::kLimitReached) {
      return expired_error();
    }
    return result;
  } catch (const std::exception& thrown) {
    return Error{ErrorCode::kInternal, fmt::format("this job met a bug: {}", thrown.what()), "",
                 ""};
  } catch (...) {
    return Error{ErrorCode::kInternal, "this job met a bug", "", ""};
  }
}

bool Job::begin() {
  const std::lock_guard lock(mutex_);
  if (ended()) return false;
  state_ = State::kRunning;
  started_s_ = now_s();
  begin_ = std::chrono::steady_clock::now();
  fresh_ = true;
  return true;
}

void Job::run(const std::function<void(State)>& count) {
  if (!begin()) return count(state());
  Result<JobResult> result = work();
  if (!settle()) return count(State::kCancelled);
  const State state = result ? State::kDone : State::kFailed;
  count(state);
  end(state, std::move(result));
}

bool Job::cancel(bool keep) {
  const std::lock_guard lock(mutex_);
  if (ended() || settled_) return false;
  stop_.request_stop();
  if (keep && spec_.keeps && state_ == State::kRunning) return false;
  cancelled_ = true;
  if (state_ == State::kQueued) spec_.work = nullptr;
  set_ended(State::kCancelled);
  error_ = error_fields("cancelled", "the job was cancelled");
  return true;
}

void Job::expire(double most_s) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kRunning || seconds_so_far() <= most_s) return;
  expired_ = true;
  stop_.request_stop();
}

void Job::set_ended(State state) {
  progress_.seconds = seconds_so_far();
  state_ = state;
  finished_s_ = now_s();
}

void Job::end(State state, Result<JobResult> result) {
  {
    const std::lock_guard lock(mutex_);
    set_ended(state);
    if (result) {
      result_ = result->fields;
      result_listed_ = result->listed;
    } else {
      error_ = error_fields(result.errors());
    }
  }
  tell_end(std::move(result));
}

/// REQUIRES: it has ended just now.
void Job::tell_end(const std::optional<Result<JobResult>>& result) {
  std::vector<EventSink> sinks;
  std::function<void(const std::optional<Result<JobResult>>&)> on_end;
  std::string text;
  {
    const std::lock_guard lock(mutex_);
    sinks.swap(sinks_);
    on_end = std::move(spec_.on_end);
    text = json_locked(false);
  }
  for (const EventSink& sink : sinks) {
    sink.send("end", text);
    sink.end();
  }
  if (on_end) on_end(result);
}

void Job::watch(EventSink sink) {
  const std::lock_guard lock(mutex_);
  if (ended()) {
    sink.send("end", json_locked(false));
    sink.end();
    return;
  }
  sink.send("progress", progress_json());
  sinks_.push_back(std::move(sink));
}

void Job::pulse(bool beat) {
  const std::lock_guard lock(mutex_);
  std::erase_if(sinks_, [](const EventSink& sink) { return sink.gone(); });
  if (sinks_.empty()) return;
  const std::string text = fresh_ ? progress_json() : "";
  for (const EventSink& sink : sinks_) {
    if (fresh_) {
      sink.send("progress", text);
    } else if (beat) {
      sink.beat();
    }
  }
  fresh_ = false;
}

}  // namespace berth
