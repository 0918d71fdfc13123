#pragma once
// Counts of positive times in buckets of equal ratio: percentiles within 0.8 % of streams of any
// length in constant memory.

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <memory>

namespace berth {

class LogHistogram {
 public:
  LogHistogram() = default;
  LogHistogram(LogHistogram&&) noexcept = default;
  LogHistogram& operator=(LogHistogram&&) noexcept = default;
  LogHistogram(const LogHistogram&) = delete;
  LogHistogram& operator=(const LogHistogram&) = delete;
  ~LogHistogram() = default;

  /// Times below 1 us count as 1 us, those above 36 h as 36 h.
  void add(double seconds, std::uint64_t count = 1) {
    counts()[bucket(seconds)] += count;
    total_ += count;
  }
  void add(const LogHistogram& other) {
    if (other.total_ == 0) return;
    for (std::size_t b = 0; b < kBuckets; ++b) counts()[b] += (*other.counts_)[b];
    total_ += other.total_;
  }

  [[nodiscard]] std::uint64_t total() const { return total_; }
  /// The time that a share p of them do not exceed, linear inside a bucket. 0 if there are none.
  [[nodiscard]] double quantile(double p) const {
    if (total_ == 0) return 0.0;
    const double wanted = std::clamp(p, 0.0, 1.0) * static_cast<double>(total_);
    double below = 0.0;
    for (std::size_t b = 0; b < kBuckets; ++b) {
      const auto here = static_cast<double>((*counts_)[b]);
      if (here > 0.0 && below + here >= wanted) {
        const double part = std::max(0.0, wanted - below) / here;
        return lower(b) + part * (lower(b + 1) - lower(b));
      }
      below += here;
    }
    return lower(kBuckets);
  }
  /// Share that does not exceed `seconds`.
  [[nodiscard]] double share_within(double seconds) const {
    if (total_ == 0) return 1.0;
    const std::size_t last = bucket(seconds);
    double below = 0.0;
    for (std::size_t b = 0; b < last; ++b) below += static_cast<double>((*counts_)[b]);
    const double part =
        std::clamp((seconds - lower(last)) / (lower(last + 1) - lower(last)), 0.0, 1.0);
    return (below + part * static_cast<double>((*counts_)[last])) / static_cast<double>(total_);
  }

 private:
  static constexpr int kMantissaBits = 6;  // 64 buckets an octave
  static constexpr int kShift = 52 - kMantissaBits;
  static constexpr double kLeast = 0x1p-20;
  static constexpr int kOctaves = 37;
  static constexpr std::size_t kBuckets = std::size_t{kOctaves} << kMantissaBits;
  static constexpr std::uint64_t kFirst = std::bit_cast<std::uint64_t>(kLeast) >> kShift;

  static std::size_t bucket(double seconds) {
    const auto bits = std::bit_cast<std::uint64_t>(std::max(seconds, kLeast)) >> kShift;
    return std::min<std::size_t>(bits - kFirst, kBuckets - 1);
  }
  static double lower(std::size_t bucket) {
    return std::bit_cast<double>((kFirst + bucket) << kShift);
  }

  using Counts = std::array<std::uint64_t, kBuckets>;
  Counts& counts() {
    if (!counts_) counts_ = std::make_unique<Counts>();
    return *counts_;
  }

  std::unique_ptr<Counts> counts_;  // none before the first count
  std::uint64_t total_ = 0;
};

}  // namespace berth
