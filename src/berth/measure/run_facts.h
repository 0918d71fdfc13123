#pragma once
// What a user says of measured runs because their files do not: which model ran on which GPUs.

#include <optional>
#include <string>
#include <vector>

#include "berth/catalog/catalog.h"
#include "berth/core/error.h"
#include "berth/measure/measured_row.h"

namespace berth {

/// Empty = nothing said.
struct RunFacts {
  std::string model;
  std::string gpu;
  std::string dtype;
  std::string engine;  ///< with its version: "vllm-0.12.0"
  std::optional<double> tensor_parallel;
  std::optional<double> pipeline_parallel;
};

/// Fills what rows leave empty. What a row states stays, with these exceptions: a name that the
/// catalog does not know (that of an endpoint: "default", "/models/llama"), a format marked as a
/// guess ("bf16?") and an engine without a version give way. Errors, all at once: kUnknownName for
/// names in `facts`, kInconsistent where a row states something else.
[[nodiscard]] Errors fill(std::vector<MeasuredRow>& rows, const RunFacts& facts,
                          const Catalog& catalog);

}  // namespace berth
