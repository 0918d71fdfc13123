#pragma once
// Everything `fit` learns about one class while its requests stream by.

#include <cstdint>
#include <optional>
#include <vector>

#include "berth/workload/fitting/arrival_variability.h"
#include "berth/workload/fitting/length_histogram.h"
#include "berth/workload/query_class.h"

namespace berth {

/// One window of a class's demand.
struct FittedWindow {
  std::int64_t window = 0;  // starts at window * length
  std::uint64_t count = 0;
  double prompt_mean = 0.0, prompt_std = 0.0;
  double output_mean = 0.0, output_std = 0.0;
  std::optional<double> cv2;
};

/// Mean and variance of a stream of numbers.
struct RunningMoments {
  double sum = 0.0;
  double squares = 0.0;

  void add(double value) {
    sum += value;
    squares += value * value;
  }
  [[nodiscard]] double mean(double count) const { return sum / count; }
  [[nodiscard]] double deviation(double count) const;
};

class ClassStatistics {
 public:
  explicit ClassStatistics(double window_s) : window_s_(window_s) {}

  /// A request at `time_s` after the start of its source's trace; `shift_s` is that start on the
  /// common clock of the demand series.
  void add(double time_s, double shift_s, std::uint32_t prompt, std::uint32_t output,
           std::uint32_t reused) {
    prompt_.add(prompt);
    output_.add(output);
    reused_ += reused;
    variability_.add(time_s);
    add_to_window(time_s + shift_s, prompt, output);
  }
  /// Ends the last window.
  void finish();

  [[nodiscard]] std::uint64_t count() const { return count_; }
  [[nodiscard]] const LengthHistogram& prompt() const { return prompt_; }
  [[nodiscard]] const LengthHistogram& output() const { return output_; }
  [[nodiscard]] const std::vector<FittedWindow>& windows() const { return windows_; }

  /// The class but for its name and rule. REQUIRES: finish() called, count() > 0.
  [[nodiscard]] QueryClass query_class(double rate) const;

 private:
  void add_to_window(double clock_s, std::uint32_t prompt, std::uint32_t output);

  double window_s_;
  std::uint64_t count_ = 0;
  LengthHistogram prompt_;
  LengthHistogram output_;
  std::uint64_t reused_ = 0;
  ArrivalVariability variability_;

  // Of the window at hand.
  std::int64_t window_ = 0;
  std::uint64_t window_count_ = 0;
  RunningMoments window_prompt_;
  RunningMoments window_output_;
  ArrivalVariability window_variability_;
  std::vector<FittedWindow> windows_;
};

}  // namespace berth
