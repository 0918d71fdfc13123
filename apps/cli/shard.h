#pragma once
// --shard: which part of a run this process does.

#include <cstddef>
#include <string>

#include "berth/core/result.h"

namespace berth::cli {

/// "0/8", or "8" with the index from JOB_COMPLETION_INDEX (a Kubernetes Indexed Job) or
/// SLURM_ARRAY_TASK_ID; empty changes nothing. Errors: kUsage.
[[nodiscard]] Status read_shard(const std::string& text, std::size_t& index, std::size_t& count);

}  // namespace berth::cli
