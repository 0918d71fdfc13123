#pragma once
// A file that one process has to itself, until it ends, however it ends.

#include <filesystem>
#include <utility>

#include "berth/core/result.h"

namespace berth {

/// Held while it lives. A kill releases it too: the kernel keeps it, not the file.
class FileLock {
 public:
  FileLock() = default;
  FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  FileLock& operator=(FileLock&& other) noexcept {
    std::swap(descriptor_, other.descriptor_);
    return *this;
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock();

  /// Makes the file, and its directory, where there is none. It stays when the lock goes: who
  /// removes it takes it from another who has opened it. Errors: kUnwritable; kInconsistent (some
  /// other lock has it; `where` is the file, no suggestion).
  static Result<FileLock> take(const std::filesystem::path& path);

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

}  // namespace berth
