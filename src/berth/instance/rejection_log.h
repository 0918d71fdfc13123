#pragma once
// Counts why configurations were rejected, cheaply: the build calls it for millions of pairs.

#include <vector>

#include "berth/instance/pair_sizing.h"

namespace berth {

class RejectionLog {
 public:
  RejectionLog(std::size_t classes) : by_class_(classes), ratio_(classes, kNoLimit) {}

  /// `count` configurations of class i failed this way; the nearest of them is `option`. Misses
  /// compare by how many times over the limit they are; those of a limit that the user may relax
  /// (an SLO, the quality floor) are always nearer than a model's context or a GPU's memory.
  void add(std::size_t i, const Miss& miss, std::int64_t count, const OptionSpec& option) {
    ClassRejections& r = by_class_[i];
    r.count[static_cast<std::size_t>(miss.reason)] += count;
    const bool floor = miss.reason == PairRejection::kQuality;
    const bool fact =
        miss.reason == PairRejection::kContext || miss.reason == PairRejection::kMemory;
    const double ratio =
        (floor ? miss.limit / miss.value : miss.value / miss.limit) * (fact ? kFactPenalty : 1.0);
    if (!(ratio < ratio_[i])) return;
    ratio_[i] = ratio;
    r.nearest_reason = miss.reason;
    r.nearest_value = miss.value;
    r.nearest_limit = miss.limit;
    r.nearest = option;
  }

  /// The same without a measure of how near it was.
  void add(std::size_t i, PairRejection reason, std::int64_t count) {
    by_class_[i].count[static_cast<std::size_t>(reason)] += count;
  }

  [[nodiscard]] std::vector<ClassRejections> take() && { return std::move(by_class_); }

 private:
  static constexpr double kFactPenalty = 1e100;

  std::vector<ClassRejections> by_class_;
  std::vector<double> ratio_;  // of the nearest miss
};

}  // namespace berth
