#include "berth/replay/demand_windows.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace berth {
namespace {

constexpr double kLeastRate = 1e-6;  // requests/s

/// Rows of one class that fall into one window.
struct WindowSums {
  double rows = 0.0;
  double rate = 0.0;
  double prompt = 0.0, prompt_square = 0.0;
  double output = 0.0, output_square = 0.0;
  double cv2 = 0.0, cv2_weight = 0.0;

  void add(const DemandRow& row) {
    // A window without requests still says what they are like.
    const double weight = std::max(row.rate, kLeastRate);
    rows += 1.0;
    rate += row.rate;
    weights += weight;
    prompt += weight * row.prompt_mean;
    prompt_square += weight * (row.prompt_mean * row.prompt_mean + row.prompt_std * row.prompt_std);
    output += weight * row.output_mean;
    output_square += weight * (row.output_mean * row.output_mean + row.output_std * row.output_std);
    if (!row.cv2) return;
    cv2 += weight * *row.cv2;
    cv2_weight += weight;
  }

  [[nodiscard]] WindowDemand demand() const {
    WindowDemand result;
    if (rows <= 0.0) return {.measured = false};
    result.rate = rate / rows;
    const auto moments = [this](double sum, double squares, double& mean, double& deviation) {
      mean = sum / weights;
      const double variance = squares / weights - mean * mean;
      deviation = variance > 1e-12 * mean * mean ? std::sqrt(variance) : 0.0;
    };
    moments(prompt, prompt_square, result.prompt_mean, result.prompt_std);
    moments(output, output_square, result.output_mean, result.output_std);
    if (cv2_weight > 0.0) result.cv2 = cv2 / cv2_weight;
    return result;
  }

  double weights = 0.0;
};

Error not_a_multiple(double window_s, double own) {
  return {
      ErrorCode::kOutOfRange,
      fmt::format("a window of {:g} s is not a multiple of the series' own {:g} s", window_s, own),
      "--window", fmt::format("--window {:g}s", own * std::max(1.0, std::round(window_s / own)))};
}

}  // namespace

Result<DemandWindows> DemandWindows::make(const DemandSeries& series, double window_s) {
  if (series.rows.empty()) {
    return Error{ErrorCode::kMissing, "the demand series has no rows", series.name, ""};
  }
  const double own = series.window_s > 0.0 ? series.window_s : 600.0;
  if (window_s <= 0.0) window_s = own;
  const double steps = window_s / own;
  if (steps < 1.0 - 1e-9 || std::abs(steps - std::round(steps)) > 1e-6) {
    return not_a_multiple(window_s, own);
  }
  DemandWindows windows;
  windows.window_s_ = window_s;
  windows.start_s_ = series.rows.front().start_s;
  windows.classes_ = series.classes;
  const double span = series.rows.back().start_s - windows.start_s_ + own;
  const double count = std::max(1.0, std::ceil(span / window_s - 1e-9));
  if (count * static_cast<double>(series.classes.size()) > static_cast<double>(kMostWindows)) {
    return Error{ErrorCode::kOutOfRange,
                 fmt::format("{:.0f} windows of {} classes are more than can be replayed", count,
                             series.classes.size()),
                 series.name, "a longer --window"};
  }
  windows.count_ = static_cast<std::size_t>(count);
  const std::size_t classes = series.classes.size();
  std::vector<WindowSums> sums(windows.count_ * classes);
  for (const DemandRow& row : series.rows) {
    const auto at = static_cast<std::size_t>((row.start_s - windows.start_s_) / window_s + 1e-9);
    sums[std::min(at, windows.count_ - 1) * classes + row.class_index].add(row);
  }
  for (const WindowSums& sum : sums) windows.rows_.push_back(sum.demand());
  windows.fill_gaps();
  return windows;
}

void DemandWindows::fill_gaps() {
  const std::size_t classes = classes_.size();
  for (std::size_t i = 0; i < classes; ++i) {
    const WindowDemand* last = nullptr;
    for (std::size_t w = 0; w < count_ && last == nullptr; ++w) {
      if (at(w, i).measured) last = &rows_[w * classes + i];
    }
    for (std::size_t w = 0; w < count_; ++w) {
      WindowDemand& row = rows_[w * classes + i];
      if (row.measured) {
        last = &row;
        continue;
      }
      ++missing_;
      if (last != nullptr) row = *last;
      row.measured = false;
    }
  }
}

void set_demand(FleetClass& query_class, const WindowDemand& demand) {
  QueryClass& traffic = query_class.traffic;
  traffic.rate = std::max(demand.rate, kLeastRate);
  traffic.prompt_tokens =
      LengthDistribution::from_moments(std::max(1.0, demand.prompt_mean), demand.prompt_std);
  traffic.output_tokens =
      LengthDistribution::from_moments(std::max(1.0, demand.output_mean), demand.output_std);
  traffic.arrival_variability = demand.cv2;
}

}  // namespace berth
