#include "berth/core/file_lock.h"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

namespace berth {

FileLock::~FileLock() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<FileLock> FileLock::take(const std::filesystem::path& path) {
  const auto unwritable = [&path](const std::string& why) {
    return Error{ErrorCode::kUnwritable, "cannot be written: " + why, path.string(), ""};
  };
  std::error_code failed;
  if (path.has_parent_path()) std::filesystem::create_directories(path.parent_path(), failed);
  if (failed) return unwritable(failed.message());
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (descriptor < 0) return unwritable(std::strerror(errno));
  FileLock lock(descriptor);
  if (::flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  if (errno != EWOULDBLOCK) return unwritable(std::strerror(errno));
  return Error{ErrorCode::kInconsistent, "is in use by another process", path.string(), ""};
}

}  // namespace berth
