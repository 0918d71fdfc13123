#pragma once
// Requests as AIBrix counts them: windows of its gateway, which hold numbers of requests by the
// logarithm of their lengths, and the ticks of its workload generator.

#include <cstddef>
#include <span>
#include <vector>

#include "berth/core/result.h"
#include "berth/import/named_text.h"

namespace berth {

struct LoadPattern {
  double prompt_tokens = 0.0;  ///< > 0
  double output_tokens = 0.0;  ///< > 0
  double requests = 0.0;       ///< completed ones, of this size
};

struct ObservedLoad {
  std::vector<LoadPattern> patterns;
  double rate = 0.0;                ///< requests/s of all sizes, as they arrived
  std::size_t without_lengths = 0;  ///< requests whose lengths nobody knows; they count in `rate`
};

/// All files together: several windows are one after another. A window is the value of a Redis key
/// "aibrix:MODEL_request_trace_TIME": "A:B" -> requests of 2^(A/p) prompt and 2^(B/p) output
/// tokens, p = meta_precision, in meta_interval_sec seconds; meta_total_reqs arrived. A tick is
/// {timestamp (ms), requests: [{prompt_length, output_length}]}, a line each or a list. Errors, all
/// at once: kUnsupported (another format: which one, or both kinds), kSyntax, kMissing (no request,
/// one tick alone), kWrongType, kOutOfRange.
[[nodiscard]] Result<ObservedLoad> read_aibrix_load(std::span<const NamedText> files);

}  // namespace berth
