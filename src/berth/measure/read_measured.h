#pragma once
// Reads a table of measurements: CSV with a header, columns by name in any order.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "berth/core/result.h"
#include "berth/measure/measured_row.h"

namespace berth {

/// Columns: model, dtype, gpu, metric and value must be there; engine, tp, pp,
/// batch_or_concurrency, input_tokens, output_tokens, note and source_repo may; others are ignored.
/// A field may be empty where the source does not say. `name` is shown in errors. Errors (those of
/// rows with "name:line", all at once): kSyntax, kMissing, kDuplicate, kWrongType, kOutOfRange,
/// kUnknownName (a metric).
[[nodiscard]] Result<std::vector<MeasuredRow>> parse_measured(const std::string& name,
                                                              std::string_view content);

/// Errors: those of read_file and parse_measured.
[[nodiscard]] Result<std::vector<MeasuredRow>> read_measured(const std::filesystem::path& path);

}  // namespace berth
