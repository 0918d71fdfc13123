#pragma once
// Which kind of file is this? Every machine-readable file of Berth says so in its "format" key.

#include <filesystem>
#include <string>

#include "berth/core/result.h"

namespace berth {

/// The top-level "format" of a JSON file ("berth.plan/1"), where reading stops at that key, or of a
/// YAML file. Errors: those of read_file, kSyntax, kMissing when there is no such key.
[[nodiscard]] Result<std::string> read_format(const std::filesystem::path& path);

}  // namespace berth
