#pragma once
// The configuration of Mélange's solver (Griggs et al., arXiv 2404.14527): GPUs with a throughput
// for each bucket of input and output lengths, and how requests are spread over the buckets.

#include <string>
#include <string_view>

#include "berth/core/result.h"
#include "berth/import/profiled_serving.h"

namespace berth {

/// Classes are named "in0/out1" by row (input) and column (output). Errors, all at once, with
/// "name:line: /pointer": kUnsupported (another format: which one), kSyntax, kMissing, kUnknownKey,
/// kWrongType, kOutOfRange, kInconsistent (tables of different shapes), those of to_problem.
[[nodiscard]] Result<ImportedProblem> import_melange(const std::string& name,
                                                     std::string_view content);

}  // namespace berth
