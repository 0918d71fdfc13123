#pragma once
// Reads the result files of load generators: JSON, its format known by its content.

#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/measure/import/bench_format.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/run_facts.h"

namespace berth {

/// One JSON value, a list of them, or several one after another. `said`: facts that the runs need
/// not state; nothing is filled in. Errors, all at once: kSyntax, kUnsupported (a format that is
/// not known), kMissing, kWrongType, kOutOfRange, kInconsistent (a run without completed requests).
[[nodiscard]] Result<std::vector<MeasuredRow>> parse_benchmarks(const std::string& name,
                                                                std::string_view content,
                                                                const RunFacts& said);

/// The format of the first run in `content`; null if it is no JSON or of none that is known.
[[nodiscard]] const BenchFormat* benchmark_format(std::string_view content);

}  // namespace berth
