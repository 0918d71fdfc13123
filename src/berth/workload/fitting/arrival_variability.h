#pragma once
// ca^2 of a stream of arrivals from counts in windows; docs/workload.md, "Variability".

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace berth {

/// Index of dispersion of neighbouring windows (the Allan factor, eq. (1)) at every power of two
/// of the window length at once. For a renewal process it tends to ca^2; a rate that drifts slowly
/// against the window changes it little. O(1) an arrival, constant memory.
class ArrivalVariability {
 public:
  /// `time_s` since the start of the observation, ascending.
  void add(double time_s);

  /// Read at the shortest window that is at least kWindow long and holds kMeanCount arrivals on
  /// average, or a shorter one if the observation has fewer than kWindows of those; absent with
  /// fewer than kMinArrivals arrivals or kWindows windows.
  [[nodiscard]] std::optional<double> value() const;

  // The time a request spends in an engine is of this order, s: what evens out faster than that
  // does no harm, what changes slower is a change of load.
  static constexpr double kWindow = 4.0;
  static constexpr double kMeanCount = 10.0;
  static constexpr std::int64_t kWindows = 16;
  static constexpr std::uint64_t kMinArrivals = 32;

 private:
  static constexpr double kBaseWindow = 1.0 / 64.0;  // s
  static constexpr std::size_t kLevels = 26;         // windows up to 6 days

  struct Level {
    std::int64_t index = 0;  // of the window being filled
    double count = 0.0;      // in it
    double previous = 0.0;   // count of the window before it
    double squares = 0.0;    // of differences between neighbours
    double closed = 0.0;     // arrivals in all windows before it
  };

  void close(std::int64_t next_index);

  std::array<Level, kLevels> levels_{};
  std::uint64_t arrivals_ = 0;
};

}  // namespace berth
