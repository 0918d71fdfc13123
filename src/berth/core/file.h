#pragma once
// Whole files in and out, with errors that say what is wrong.

#include <filesystem>
#include <string>
#include <string_view>

#include "berth/core/result.h"

namespace berth {

/// Errors: kNotFound (suggests a sibling with a similar name), kUnreadable (directory, permission,
/// larger than `max_bytes`).
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path,
                                            std::size_t max_bytes = std::size_t{1} << 32);

/// Writes to a temporary sibling and renames, so a reader never sees half a file. Creates parent
/// directories. Errors: kUnwritable.
[[nodiscard]] Status write_file(const std::filesystem::path& path, std::string_view content);

}  // namespace berth
