#pragma once
// Demand over time: per window and class the rate, the lengths and the variability of arrivals.
// CSV `start_s,class,rate_per_s,prompt_mean,prompt_std,output_mean,output_std[,cv2]`.

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/workload/query_class.h"

namespace berth {

struct DemandRow {
  double start_s = 0.0;
  std::size_t class_index = 0;
  double rate = 0.0;  ///< requests/s
  double prompt_mean = 0.0;
  double prompt_std = 0.0;
  double output_mean = 0.0;
  double output_std = 0.0;
  std::optional<double> cv2;  ///< arrival variability ca^2
};

/// A (window, class) without a row was not measured; it is not zero demand.
struct DemandSeries {
  std::string name;                  ///< file it came from
  std::vector<std::string> classes;  ///< in order of appearance
  std::vector<DemandRow> rows;       ///< by (start_s, class_index), unique
  double window_s = 0.0;             ///< shortest step between window starts; 0 = a single window
};

/// True if `content` begins like a demand series (a header line with `start_s`).
[[nodiscard]] bool looks_like_demand_series(std::string_view content);

/// Errors (all at once, the first 20 rows listed): kMissing (column, rows), kUnknownKey, kSyntax,
/// kWrongType, kOutOfRange (negative, NaN), kDuplicate.
[[nodiscard]] Result<DemandSeries> parse_demand_series(std::string name, std::string_view content);
[[nodiscard]] Result<DemandSeries> read_demand_series(const std::filesystem::path& path);

[[nodiscard]] std::string to_csv(const DemandSeries& series);

/// Without `at_s` the mean over each class's measured windows (lengths weighted by rate); with it
/// the window that holds `at_s`, and for a class not measured there its nearest measured window.
/// Classes without any demand are left out. Errors: kOutOfRange (`at_s` outside the series),
/// kMissing (no demand at all).
[[nodiscard]] Result<Workload> workload_of(const DemandSeries& series,
                                           std::optional<double> at_s = std::nullopt);

}  // namespace berth
