#include "berth/evaluate/simulation/recorder.h"

#include <algorithm>

namespace berth {
namespace {

void join_neighbours(std::vector<LatencySegment>& segments) {
  const std::size_t half = (segments.size() + 1) / 2;
  for (std::size_t s = 0; s < half; ++s) {
    if (s > 0) segments[s] = std::move(segments[2 * s]);
    if (2 * s + 1 < segments.size()) segments[s].add(segments[2 * s + 1]);
  }
  segments.resize(half);
}

}  // namespace

void LatencySegment::add(const LatencySegment& other) {
  ttft.add(other.ttft);
  tpot.add(other.tpot);
  e2e.add(other.e2e);
  ttft_sum += other.ttft_sum;
  tpot_sum += other.tpot_sum;
  e2e_sum += other.e2e_sum;
  within += other.within;
  within_ttft += other.within_ttft;
  within_tpot += other.within_tpot;
  within_e2e += other.within_e2e;
  output_tokens += other.output_tokens;
  tokens_within += other.tokens_within;
}

LatencySegment& RouteRecorder::segment_of(double since) {
  auto at = static_cast<std::size_t>(since / width_);
  while (at >= kMostSegments) {
    width_ *= 2.0;
    join_neighbours(segments_);
    at = static_cast<std::size_t>(since / width_);
  }
  if (at >= segments_.size()) segments_.resize(at + 1);
  return segments_[at];
}

void Occupancy::add(const Occupancy& other) {
  busy += other.busy;
  running += other.running;
  waiting += other.waiting;
  blocks += other.blocks;
}

template <class Add>
void OccupancyTimeline::spread(double begin, double end, const Add& add) {
  begin = std::max(begin, time_.from) - time_.from;
  end = std::min(end, time_.until) - time_.from;
  while (begin < end) {
    auto at = static_cast<std::size_t>(begin / width_);
    while (at >= kMostPoints) {
      halve();
      at = static_cast<std::size_t>(begin / width_);
    }
    if (at >= points_.size()) points_.resize(at + 1);
    double stop = std::min(end, width_ * static_cast<double>(at + 1));
    if (!(stop > begin)) stop = end;  // rounding at the edge of a point
    add(points_[at], stop - begin);
    begin = stop;
  }
}

void OccupancyTimeline::add(double begin, double end, double running, double waiting,
                            double blocks) {
  spread(begin, end, [&](Occupancy& point, double seconds) {
    point.busy += running > 0.0 ? seconds : 0.0;
    point.running += running * seconds;
    point.waiting += waiting * seconds;
    point.blocks += blocks * seconds;
  });
}

void OccupancyTimeline::add_waiting(double begin, double end) {
  spread(begin, end, [](Occupancy& point, double seconds) { point.waiting += seconds; });
}

void OccupancyTimeline::halve() {
  width_ *= 2.0;
  const std::size_t half = (points_.size() + 1) / 2;
  for (std::size_t p = 0; p < half; ++p) {
    if (p > 0) points_[p] = points_[2 * p];
    if (2 * p + 1 < points_.size()) points_[p].add(points_[2 * p + 1]);
  }
  points_.resize(half);
}

Occupancy OccupancyTimeline::total() const {
  Occupancy all;
  for (const Occupancy& point : points_) all.add(point);
  return all;
}

}  // namespace berth
