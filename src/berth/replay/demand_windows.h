#pragma once
// A demand series cut into equal windows, every class known in each. docs/replay.md.

#include <cstddef>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/fleet/fleet.h"
#include "berth/workload/demand_series.h"

namespace berth {

/// One class in one window.
struct WindowDemand {
  double rate = 0.0;  ///< requests/s
  double prompt_mean = 0.0;
  double prompt_std = 0.0;
  double output_mean = 0.0;
  double output_std = 0.0;
  double cv2 = 1.0;      ///< ca^2
  bool measured = true;  ///< else the last measured window's (at the begin the first one's)
};

class DemandWindows {
 public:
  /// Windows of `window_s`, a multiple of the series' own (0: its own). Several of its windows
  /// become one: rates are averaged, lengths weighted by rate. Errors: kOutOfRange (not a multiple,
  /// more than kMostWindows), kMissing (no rows).
  static Result<DemandWindows> make(const DemandSeries& series, double window_s);

  static constexpr std::size_t kMostWindows = 1'000'000;

  [[nodiscard]] double window_s() const { return window_s_; }
  [[nodiscard]] double start_s() const { return start_s_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::vector<std::string>& classes() const { return classes_; }
  [[nodiscard]] const WindowDemand& at(std::size_t window, std::size_t query_class) const {
    return rows_[window * classes_.size() + query_class];
  }
  /// (window, class) pairs that no row measured.
  [[nodiscard]] std::size_t missing() const { return missing_; }

 private:
  void fill_gaps();

  double window_s_ = 0.0;
  double start_s_ = 0.0;
  std::size_t count_ = 0;
  std::size_t missing_ = 0;
  std::vector<std::string> classes_;
  std::vector<WindowDemand> rows_;  // by window, then class
};

/// Puts demand into a class of a fleet: its rate, lengths and variability. A rate of zero becomes
/// one request in eleven days: a plan has every class.
void set_demand(FleetClass& query_class, const WindowDemand& demand);

}  // namespace berth
