#pragma once
// What the rows of a study say together.

#include <optional>
#include <string>
#include <vector>

#include "berth/study/study.h"

namespace berth {

/// The rows of one variant, in one set or in all of them.
struct VariantSummary {
  std::string set;  ///< empty: all sets
  std::string family;
  std::string method;
  std::size_t runs = 0;
  std::size_t plans = 0;
  std::size_t optimal = 0;
  std::size_t limited = 0;     ///< ended by a limit
  std::size_t refused = 0;     ///< of these, too large to be tried
  std::size_t infeasible = 0;  ///< said there is no plan, proven or not
  double mean_pairs = 0.0;
  std::optional<double> median_gap;  ///< to the best known, as the next two
  std::optional<double> mean_gap;
  std::optional<double> worst_gap;
  std::optional<double> median_proven;  ///< gap to the best proven bound
  std::optional<double> median_seconds;
  std::optional<double> median_to_1pct;  ///< s, over the runs that came within 1 % of the best
  double total_seconds = 0.0;
  std::optional<double> mean_root_gap;  ///< root relaxation to the best known, of the latter
  // Against the whole method, the first variant of the family:
  std::optional<double> mean_change;   ///< of the cost, where both have a plan
  std::optional<double> worst_change;  ///< largest
  std::size_t lost = 0;                ///< instances with a plan of the whole method and none here
};

/// One for each variant that has rows, in the study's order.
[[nodiscard]] std::vector<VariantSummary> summarize_variants(const Study& study);
/// The same for each set alone; sets in the order of their first row.
[[nodiscard]] std::vector<VariantSummary> summarize_sets(const Study& study);

/// Exponent b of solve time ~ pairs^b over the rows with a plan that no limit ended; nullopt unless
/// they are of three sizes or more.
[[nodiscard]] std::optional<double> time_growth(const Study& study, const std::string& method);

/// The sets in the order of their first row.
[[nodiscard]] std::vector<std::string> sets_of(const Study& study);

}  // namespace berth
