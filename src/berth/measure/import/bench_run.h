#pragma once
// One run of a load generator, whatever the format of its file, and the rows that it becomes.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "berth/document/reader.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/run_facts.h"

namespace berth {

/// Means over the completed requests, in base units; nullopt = not stated.
struct BenchRun {
  std::string tool;  ///< "AIPerf 0.5.0"
  RunFacts facts;    ///< of what was measured, as far as the file says
  std::optional<double> completed;
  double failed = 0.0;
  std::optional<double> ttft;
  std::optional<double> tpot;  ///< without the first token
  std::optional<double> e2e;
  std::optional<double> request_rate;
  std::optional<double> prompt_tokens;
  std::optional<double> output_tokens;
  std::optional<double> clients;  ///< of a closed loop: each sends its next request at once
  std::optional<double> at_once;  ///< requests that were all sent at the start
  std::optional<double> mean_concurrency;  ///< as the generator saw it
  std::optional<double> duration;
  std::vector<std::string> notes;
  std::vector<std::string> medians;  ///< names of the values that are medians for want of a mean
};

/// Appends the rows of `run`, which stood at `where`: ttft, tpot, e2e, request_rate, as far as it
/// has them. Records an error when no request was completed or nothing was measured.
void add_rows(BenchRun run, const ValueReader& where, std::vector<MeasuredRow>& rows);

/// Values that load generators write. NaN, a negative number or a wrong type is an error; what is
/// absent or null is nullopt.
[[nodiscard]] std::optional<double> count_of(MapReader& map, std::string_view key);
/// Text, or a number as it is written.
[[nodiscard]] std::optional<std::string> text_of(MapReader& map, std::string_view key);
/// The value under `mean`, times `unit`, or else the one under `median`, which is remembered by its
/// `name`: "TTFT", "TPOT", "E2E", "request rate" or another one. 0 = nothing was measured.
[[nodiscard]] std::optional<double> mean_of(MapReader& map, std::string_view mean,
                                            std::string_view median, double unit,
                                            std::string_view name, BenchRun& run);
/// The map under `key`; nullopt when absent, null or (with an error) no map.
[[nodiscard]] std::optional<MapReader> map_of(MapReader& map, std::string_view key);
/// A tensor-parallel degree or pipeline depth, a number or its text.
[[nodiscard]] std::optional<double> degree_of(MapReader& map, std::string_view key);

}  // namespace berth
