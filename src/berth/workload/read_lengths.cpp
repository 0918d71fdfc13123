// Token lengths as fleets and workloads spell them (docs/workload.md, "Lengths").

#include <cmath>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "berth/workload/workload_yaml.h"

namespace berth {
namespace {

// Longer than any context window by two orders of magnitude: a slip of units, not a request.
constexpr double kMaxTokens = 1e8;
constexpr Range kTokens{.min = 0.0, .max = kMaxTokens};
// A histogram typed by hand adds up to 1 only about.
constexpr double kShareSumTolerance = 0.01;
constexpr std::string_view kSpellings =
    "write a number, {mean: 1155, std: 1109}, or {histogram: [[512, 0.7], [2048, 0.3]]}";

std::optional<LengthBin> read_bin(const ValueReader& value, double previous_edge) {
  const std::vector<ValueReader> pair = value.list();
  if (!value.is_list()) return std::nullopt;
  if (pair.size() != 2) {
    value.fail(ErrorCode::kWrongType, "expected [upper edge, share]");
    return std::nullopt;
  }
  const std::optional<double> edge = pair[0].number(kTokens);
  const std::optional<double> share = pair[1].number(kShareRange);
  if (!edge || !share) return std::nullopt;
  if (*edge < previous_edge) {
    pair[0].fail(ErrorCode::kInconsistent,
                 fmt::format("the edge {} is below the one before it, {}", *edge, previous_edge),
                 "edges must ascend");
    return std::nullopt;
  }
  return LengthBin{previous_edge, *edge, *share};
}

std::optional<std::vector<LengthBin>> read_histogram(const ValueReader& value) {
  const std::vector<ValueReader> entries = value.list();
  if (!value.is_list()) return std::nullopt;
  if (entries.empty()) {
    value.fail(ErrorCode::kMissing, "the histogram is empty",
               "expected [[upper edge, share], ...]");
    return std::nullopt;
  }
  std::vector<LengthBin> bins;
  bool good = true;
  double edge = 0.0;
  double sum = 0.0;
  for (const ValueReader& entry : entries) {
    const std::optional<LengthBin> bin = read_bin(entry, edge);
    good = good && bin.has_value();
    if (!bin) continue;
    edge = bin->upper;
    sum += bin->share;
    if (bin->share > 0) bins.push_back(*bin);
  }
  if (!good) return std::nullopt;
  if (std::abs(sum - 1.0) > kShareSumTolerance) {
    value.fail(ErrorCode::kInconsistent, fmt::format("the shares add up to {:.4g}", sum),
               "shares must add up to 1");
    return std::nullopt;
  }
  return bins;
}

std::optional<LengthDistribution> from_map(const ValueReader& value) {
  MapReader map(value);
  const std::optional<double> mean = map.optional_number("mean", kTokens);
  const std::optional<double> deviation = map.optional_number("std", kTokens);
  const std::optional<ValueReader> histogram = map.find("histogram");
  const bool has_mean = map.has("mean");
  const bool has_deviation = map.has("std");
  map.reject_unknown_keys();
  if (has_mean != has_deviation || (!has_mean && !histogram)) {
    map.fail(ErrorCode::kMissing,
             has_mean        ? "'std' is missing next to 'mean'"
             : has_deviation ? "'mean' is missing next to 'std'"
                             : "neither 'mean' and 'std' nor 'histogram' are given",
             std::string(kSpellings));
    return std::nullopt;
  }
  std::optional<std::vector<LengthBin>> bins;
  if (histogram) {
    bins = read_histogram(*histogram);
    if (!bins) return std::nullopt;
  }
  if (!has_mean) return LengthDistribution::from_bins(*std::move(bins));
  if (!mean || !deviation) return std::nullopt;
  if (bins) {
    if (*mean < bins->front().lower || *mean > bins->back().upper) {
      map.fail(ErrorCode::kInconsistent,
               fmt::format("the mean {} lies outside the histogram, {} to {}", *mean,
                           bins->front().lower, bins->back().upper));
      return std::nullopt;
    }
    return LengthDistribution::from_bins(*std::move(bins), *mean, *deviation);
  }
  if (*mean == 0 && *deviation > 0) {
    map.fail(ErrorCode::kInconsistent, "a mean of 0 leaves no room for a std above 0");
    return std::nullopt;
  }
  return *mean == 0 ? LengthDistribution::constant(0)
                    : LengthDistribution::from_moments(*mean, *deviation);
}

}  // namespace

std::optional<LengthDistribution> read_lengths(const ValueReader& value) {
  if (value.is_map()) return from_map(value);
  if (value.is_list()) {
    value.fail(ErrorCode::kWrongType, "expected token lengths, got a list",
               std::string(kSpellings));
    return std::nullopt;
  }
  const std::optional<double> tokens = value.number(kTokens);
  if (!tokens) return std::nullopt;
  return LengthDistribution::constant(*tokens);
}

}  // namespace berth
