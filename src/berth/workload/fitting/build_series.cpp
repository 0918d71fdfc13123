#include "berth/workload/fitting/build_series.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

constexpr double kMaxRows = 5e6;
constexpr double kEnoughCover = 0.5;

class ClassRows {
 public:
  ClassRows(const CoveredClass& covered, std::size_t index, double window_s)
      : covered_(covered), index_(index), window_s_(window_s) {}

  void append(std::vector<DemandRow>& rows) const {
    const auto first = static_cast<std::int64_t>(std::floor(covered_.start_s / window_s_));
    const auto last = static_cast<std::int64_t>(std::floor(covered_.end_s / window_s_));
    const std::size_t before = rows.size();
    auto measured = covered_.statistics->windows().begin();
    for (std::int64_t window = first; window <= last; ++window) {
      const bool any =
          measured != covered_.statistics->windows().end() && measured->window == window;
      if (cover(window) >= kEnoughCover * window_s_)
        rows.push_back(row(window, any ? &*measured : nullptr));
      if (any) ++measured;
    }
    if (rows.size() > before || covered_.statistics->windows().empty()) return;
    // A trace shorter than half a window still has a demand.
    const auto& windows = covered_.statistics->windows();
    const auto best = std::max_element(
        windows.begin(), windows.end(),
        [&](const auto& a, const auto& b) { return cover(a.window) < cover(b.window); });
    if (cover(best->window) > 0) rows.push_back(row(best->window, &*best));
  }

 private:
  /// Seconds of the window that the trace covers.
  [[nodiscard]] double cover(std::int64_t window) const {
    const double begin = static_cast<double>(window) * window_s_;
    return std::min(begin + window_s_, covered_.end_s) - std::max(begin, covered_.start_s);
  }

  [[nodiscard]] DemandRow row(std::int64_t window, const FittedWindow* demand) const {
    DemandRow row;
    row.start_s = static_cast<double>(window) * window_s_;
    row.class_index = index_;
    if (demand == nullptr) return row;
    row.rate = static_cast<double>(demand->count) / cover(window);
    row.prompt_mean = demand->prompt_mean;
    row.prompt_std = demand->prompt_std;
    row.output_mean = demand->output_mean;
    row.output_std = demand->output_std;
    row.cv2 = demand->cv2;
    return row;
  }

  const CoveredClass& covered_;
  std::size_t index_;
  double window_s_;
};

}  // namespace

Result<DemandSeries> build_series(std::span<const CoveredClass> classes, double window_s) {
  double rows = 0.0;
  for (const CoveredClass& covered : classes) rows += (covered.end_s - covered.start_s) / window_s;
  if (rows > kMaxRows) {
    return Error{ErrorCode::kOutOfRange,
                 fmt::format("the traces span {:.3g} windows of {} s", rows, shortest(window_s)),
                 "", "are the timestamps in the unit they are read as (--map timestamp_unit=ms)?"};
  }
  DemandSeries series;
  series.window_s = window_s;
  for (const CoveredClass& covered : classes) {
    ClassRows(covered, series.classes.size(), window_s).append(series.rows);
    series.classes.push_back(covered.name);
  }
  std::sort(series.rows.begin(), series.rows.end(), [](const DemandRow& a, const DemandRow& b) {
    return a.start_s != b.start_s ? a.start_s < b.start_s : a.class_index < b.class_index;
  });
  return series;
}

}  // namespace berth
