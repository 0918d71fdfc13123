#pragma once
// Reads measurements: CSV with a header, columns by name in any order, or the JSON that load
// generators write.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/measure/measured_row.h"
#include "berth/measure/run_facts.h"

namespace berth {

/// JSON if the first non-blank byte is '{' or '[' (import/read_benchmarks.h), else CSV.
/// Columns: model, dtype, gpu, metric and value must be there; engine, tp, pp,
/// batch_or_concurrency, input_tokens, output_tokens, note and source_repo may; others are ignored.
/// A field may be empty where the source does not say. A fact that `said` has may be missing; it is
/// not filled in. `name` is shown in errors. Errors (those of rows with "name:line", all at once):
/// kSyntax, kMissing, kDuplicate, kWrongType, kOutOfRange, kUnknownName (a metric).
[[nodiscard]] Result<std::vector<MeasuredRow>> parse_measured(const std::string& name,
                                                              std::string_view content,
                                                              const RunFacts& said = {});

/// Errors: those of read_file and parse_measured.
[[nodiscard]] Result<std::vector<MeasuredRow>> read_measured(const std::filesystem::path& path,
                                                             const RunFacts& said = {});

}  // namespace berth
