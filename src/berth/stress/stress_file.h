#pragma once
// berth.stress/1 read back, for merging parts.

#include <filesystem>

#include "berth/core/result.h"
#include "berth/stress/stress.h"

namespace berth {

/// Errors, all at once with file, line and JSON pointer: those of the file and of reading it.
[[nodiscard]] Result<StressResult> read_stress(const std::filesystem::path& path);

}  // namespace berth
