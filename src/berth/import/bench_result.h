#pragma once
// The result of one load generator as measured rows: a file of another one is refused by name.

#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/measure/import/bench_format.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/run_facts.h"

namespace berth {

/// The rows of `content`, their `file` set; `said`: facts that the runs need not state, not filled
/// in. Errors, all at once: kUnsupported (no file of `format`: what it is instead), those of
/// parse_benchmarks.
[[nodiscard]] Result<std::vector<MeasuredRow>> import_benchmark(const BenchFormat& format,
                                                                const std::string& name,
                                                                std::string_view content,
                                                                const RunFacts& said);

}  // namespace berth
