#pragma once
// Bytes of a file, decompressed on the way; which compression is told by the first bytes.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "berth/core/result.h"

namespace berth {

class ByteSource {
 public:
  ByteSource() = default;
  ByteSource(const ByteSource&) = delete;
  ByteSource& operator=(const ByteSource&) = delete;
  virtual ~ByteSource() = default;

  /// Fills `into` from its front; 0 = the end. REQUIRES: `into` not empty.
  virtual Result<std::size_t> read(std::span<char> into) = 0;
  [[nodiscard]] virtual std::string_view compression() const { return ""; }
};

/// The file, decompressed if it is gzip or zstd (several members or frames in a row are one
/// stream). Errors: kNotFound, kUnreadable (directory, permission; later: truncated, damaged).
[[nodiscard]] Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path);

// The layers open_bytes puts over a plain file. `name` is shown in errors.
[[nodiscard]] std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed,
                                                 std::string name);
[[nodiscard]] std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed,
                                                 std::string name);

}  // namespace berth
