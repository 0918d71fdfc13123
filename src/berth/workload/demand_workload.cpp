// Demand series -> the workload to plan for (docs/workload.md, "Demand series").

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/demand_series.h"

namespace berth {
namespace {

/// Sums over the measured windows of one class.
struct Sums {
  double windows = 0.0;
  double rate = 0.0;
  // Weighted by rate: a window counts as much as its requests.
  double prompt = 0.0, prompt_square = 0.0;
  double output = 0.0, output_square = 0.0;
  double cv2 = 0.0, cv2_weight = 0.0;

  void add(const DemandRow& row) {
    windows += 1.0;
    rate += row.rate;
    prompt += row.rate * row.prompt_mean;
    prompt_square +=
        row.rate * (row.prompt_mean * row.prompt_mean + row.prompt_std * row.prompt_std);
    output += row.rate * row.output_mean;
    output_square +=
        row.rate * (row.output_mean * row.output_mean + row.output_std * row.output_std);
    if (row.cv2) {
      cv2 += row.rate * *row.cv2;
      cv2_weight += row.rate;
    }
  }
};

LengthDistribution lengths_of(double weight, double sum, double square_sum) {
  const double mean = sum / weight;
  const double variance = std::max(0.0, square_sum / weight - mean * mean);
  // What rounding leaves of equal lengths is not a spread.
  const bool constant = variance <= 1e-12 * mean * mean;
  if (mean <= 0) return LengthDistribution::constant(0);
  return LengthDistribution::from_moments(mean, constant ? 0.0 : std::sqrt(variance));
}

QueryClass class_of(const std::string& name, const Sums& sums) {
  QueryClass query;
  query.name = name;
  query.rate = sums.rate / sums.windows;
  query.prompt_tokens = lengths_of(sums.rate, sums.prompt, sums.prompt_square);
  query.output_tokens = lengths_of(sums.rate, sums.output, sums.output_square);
  if (sums.cv2_weight > 0) query.arrival_variability = sums.cv2 / sums.cv2_weight;
  return query;
}

/// Per class the row nearest to the window that starts at `start_s`.
std::vector<const DemandRow*> nearest_rows(const DemandSeries& series, double start_s) {
  std::vector<const DemandRow*> nearest(series.classes.size(), nullptr);
  for (const DemandRow& row : series.rows) {
    const DemandRow*& best = nearest[row.class_index];
    if (best == nullptr || std::abs(row.start_s - start_s) < std::abs(best->start_s - start_s)) {
      best = &row;
    }
  }
  return nearest;
}

}  // namespace

Result<Workload> workload_of(const DemandSeries& series, std::optional<double> at_s) {
  std::vector<Sums> sums(series.classes.size());
  if (!series.rows.empty() && at_s) {
    const double first = series.rows.front().start_s;
    const double last = series.rows.back().start_s;
    const double end = last + series.window_s;
    // A series of a single window holds every time from its start on.
    if (!(*at_s >= first) || (series.window_s > 0 && *at_s >= end)) {
      return Error{ErrorCode::kOutOfRange,
                   fmt::format("the demand series has no window at {} s", shortest(*at_s)),
                   series.name,
                   fmt::format("it covers {} s to {} s", shortest(first), shortest(end))};
    }
    const double steps = series.window_s > 0 ? std::floor((*at_s - first) / series.window_s) : 0.0;
    const auto rows = nearest_rows(series, first + steps * series.window_s);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i] != nullptr) sums[i].add(*rows[i]);
    }
  } else {
    for (const DemandRow& row : series.rows) sums[row.class_index].add(row);
  }
  Workload workload;
  workload.source = series.name;
  if (!series.rows.empty()) {
    workload.duration_s =
        series.rows.back().start_s - series.rows.front().start_s + series.window_s;
  }
  for (std::size_t i = 0; i < sums.size(); ++i) {
    if (sums[i].rate > 0) workload.classes.push_back(class_of(series.classes[i], sums[i]));
  }
  if (workload.classes.empty()) {
    return Error{
        ErrorCode::kMissing, "the demand series holds no demand: every rate is 0", series.name, {}};
  }
  return workload;
}

}  // namespace berth
