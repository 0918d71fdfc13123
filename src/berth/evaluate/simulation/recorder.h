#pragma once
// What is measured of the requests of one route (a class on a deployment), and of a deployment over
// time. Memory does not grow with the length of a run: segments and points of time double instead.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "berth/evaluate/simulation/log_histogram.h"

namespace berth {

/// Of the requests that arrived in one stretch of time.
struct LatencySegment {
  LogHistogram ttft;
  LogHistogram tpot;  ///< of requests of two tokens or more
  LogHistogram e2e;
  double ttft_sum = 0.0;
  double tpot_sum = 0.0;
  double e2e_sum = 0.0;
  std::uint64_t within = 0;  ///< requests within all limits of the class
  std::uint64_t within_ttft = 0;
  std::uint64_t within_tpot = 0;
  std::uint64_t within_e2e = 0;
  std::uint64_t output_tokens = 0;
  std::uint64_t tokens_within = 0;  ///< of requests within all limits

  void add(const LatencySegment& other);
};

struct LatencyLimits {
  double ttft = 1e300;
  double tpot = 1e300;
  double e2e = 1e300;
};

/// Requests that arrive in [from, until) count.
struct RecordedTime {
  double from = 0.0;
  double until = 1e300;
};

struct FinishedRequest {
  double arrival = 0.0;
  double first_token = 0.0;
  double end = 0.0;
  std::uint32_t output = 0;
};

class RouteRecorder {
 public:
  RouteRecorder(const LatencyLimits& limits, const RecordedTime& time)
      : limits_(limits), time_(time) {}

  /// A request that has ended. `first` and `end` when its first and last token were out.
  void finished(double arrival, double first, double end, std::uint32_t output) {
    ++served_;
    if (log_ != nullptr) log_->push_back({arrival, first, end, output});
    if (arrival < time_.from || arrival >= time_.until) return;
    LatencySegment& segment = segment_of(arrival - time_.from);
    const double ttft = first - arrival;
    const double e2e = end - arrival;
    const double tpot = output > 1 ? (end - first) / (output - 1) : 0.0;
    segment.ttft.add(ttft);
    segment.e2e.add(e2e);
    segment.ttft_sum += ttft;
    segment.e2e_sum += e2e;
    if (output > 1) {
      segment.tpot.add(tpot);
      segment.tpot_sum += tpot;
    }
    const bool ttft_fits = ttft <= limits_.ttft;
    const bool tpot_fits = tpot <= limits_.tpot;
    const bool e2e_fits = e2e <= limits_.e2e;
    const bool fits = ttft_fits && tpot_fits && e2e_fits;
    segment.within_ttft += ttft_fits ? 1U : 0U;
    segment.within_tpot += tpot_fits ? 1U : 0U;
    segment.within_e2e += e2e_fits ? 1U : 0U;
    segment.within += fits ? 1U : 0U;
    segment.output_tokens += output;
    segment.tokens_within += fits ? output : 0U;
  }
  /// `count` gaps between tokens of times from `first` to `last`, from `now` on.
  void gaps(double now, double first, double last, std::uint64_t count) {
    if (count == 0 || now < time_.from || now >= time_.until) return;
    constexpr double kSame = 1.01;
    if (last <= first * kSame || count < 2) {
      itl_.add(0.5 * (first + last), count);
      return;
    }
    itl_.add(first + 0.25 * (last - first), count / 2);
    itl_.add(last - 0.25 * (last - first), count - count / 2);
  }

  /// Every request from now on, also those that are not measured.
  void log_to(std::vector<FinishedRequest>* log) { log_ = log; }

  [[nodiscard]] const std::vector<LatencySegment>& segments() const { return segments_; }
  /// Seconds of a segment: a power of two times the first width.
  [[nodiscard]] double width() const { return width_; }
  /// All that have ended, measured or not.
  [[nodiscard]] std::uint64_t served() const { return served_; }
  [[nodiscard]] const LogHistogram& itl() const { return itl_; }
  [[nodiscard]] const LatencyLimits& limits() const { return limits_; }

 private:
  static constexpr std::size_t kMostSegments = 20;
  LatencySegment& segment_of(double since);
  LatencyLimits limits_;
  RecordedTime time_;
  double width_ = 8.0;  // s
  std::vector<LatencySegment> segments_;
  LogHistogram itl_;
  std::uint64_t served_ = 0;
  std::vector<FinishedRequest>* log_ = nullptr;
};

/// Integrals over a stretch of time, of all replicas of a deployment: seconds times what it says.
struct Occupancy {
  double busy = 0.0;     ///< with a pass running
  double running = 0.0;  ///< sequences
  double waiting = 0.0;  ///< requests without a slot
  double blocks = 0.0;   ///< of cache, as a part of what there is

  void add(const Occupancy& other);
};

class OccupancyTimeline {
 public:
  explicit OccupancyTimeline(const RecordedTime& time) : time_(time) {}

  /// One replica was in this state from `begin` to `end`.
  void add(double begin, double end, double running, double waiting, double blocks);
  /// What is told from now on does not count.
  void close() { time_.until = time_.from; }

  /// A request waited or ran from `begin` to `end` beside what add() was told.
  void add_waiting(double begin, double end);

  [[nodiscard]] Occupancy total() const;
  [[nodiscard]] const std::vector<Occupancy>& points() const { return points_; }
  [[nodiscard]] double width() const { return width_; }

 private:
  static constexpr std::size_t kMostPoints = 240;
  template <class Add>
  void spread(double begin, double end, const Add& add);
  void halve();

  RecordedTime time_;
  double width_ = 1.0;  // s
  std::vector<Occupancy> points_;
};

}  // namespace berth
