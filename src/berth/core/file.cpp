#include "berth/core/file.h"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>

#include "berth/core/text.h"

namespace berth {
namespace {

namespace fs = std::filesystem;

struct CloseFile {
  void operator()(std::FILE* file) const { static_cast<void>(std::fclose(file)); }
};
using FileHandle = std::unique_ptr<std::FILE, CloseFile>;

std::string reason(int error_number) {
  return std::error_code(error_number, std::generic_category()).message();
}

Error not_found(const fs::path& path) {
  Error error{ErrorCode::kNotFound, "no such file", path.string(), {}};
  const fs::path parent = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::error_code failed;
  if (!fs::is_directory(parent, failed)) {
    error.message = fmt::format("no such file: the directory '{}' does not exist", parent.string());
    return error;
  }
  constexpr std::size_t kMaxSiblings = 10000;
  std::vector<std::string> siblings;
  for (fs::directory_iterator entry(parent, failed), end; !failed && entry != end;
       entry.increment(failed)) {
    siblings.push_back(entry->path().filename().string());
    if (siblings.size() == kMaxSiblings) break;
  }
  if (const auto match = closest_match(path.filename().string(), siblings)) {
    const fs::path likely = path.has_parent_path() ? parent / *match : fs::path(*match);
    error.suggestion = fmt::format("did you mean '{}'?", likely.string());
  }
  return error;
}

Error unreadable(const fs::path& path, std::string message) {
  return {ErrorCode::kUnreadable, std::move(message), path.string(), {}};
}

Error unwritable(const fs::path& path, std::string message) {
  return {ErrorCode::kUnwritable, std::move(message), path.string(), {}};
}

Status write_all(const fs::path& path, std::string_view content, const fs::path& shown) {
  errno = 0;
  FileHandle file(std::fopen(path.c_str(), "wb"));
  if (!file) return unwritable(shown, fmt::format("cannot be written: {}", reason(errno)));
  const bool written = std::fwrite(content.data(), 1, content.size(), file.get()) == content.size();
  const int write_error = errno;
  // Closing flushes: a full disk often shows only here.
  const bool closed = std::fclose(file.release()) == 0;
  if (!written || !closed) {
    return unwritable(shown,
                      fmt::format("cannot be written: {}", reason(written ? errno : write_error)));
  }
  return Ok{};
}

/// A name no other thread or process uses.
fs::path temporary_sibling(const fs::path& path) {
  static std::atomic<unsigned> counter{0};
  fs::path sibling = path;
  sibling += fmt::format(".tmp-{}-{}", ::getpid(), counter.fetch_add(1));
  return sibling;
}

}  // namespace

Result<std::string> read_file(const fs::path& path, std::size_t max_bytes) {
  std::error_code failed;
  const fs::file_status status = fs::status(path, failed);
  if (status.type() == fs::file_type::not_found) return not_found(path);
  if (fs::is_directory(status)) return unreadable(path, "is a directory, a file is expected");

  errno = 0;
  FileHandle file(std::fopen(path.c_str(), "rb"));
  if (!file) return unreadable(path, fmt::format("cannot be read: {}", reason(errno)));
  std::string content;
  if (fs::is_regular_file(status)) {
    const std::uintmax_t size = fs::file_size(path, failed);
    if (!failed && size > max_bytes) {
      return unreadable(
          path, fmt::format("is too large: {} bytes, at most {} are read", size, max_bytes));
    }
    if (!failed) content.reserve(static_cast<std::size_t>(size));
  }
  std::array<char, 1 << 16> buffer;  // pipes have no size: read until the end
  while (true) {
    const std::size_t count = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (content.size() + count > max_bytes) {
      return unreadable(path, fmt::format("is too large: at most {} bytes are read", max_bytes));
    }
    content.append(buffer.data(), count);
    if (count < buffer.size()) break;
  }
  if (std::ferror(file.get()) != 0) {
    return unreadable(path, fmt::format("cannot be read: {}", reason(errno)));
  }
  return content;
}

Status write_file(const fs::path& path, std::string_view content) {
  std::error_code failed;
  // A link is written through, and a device or pipe is written, never replaced.
  const fs::path target = fs::is_symlink(path, failed) ? fs::weakly_canonical(path, failed) : path;
  if (target.empty())
    return unwritable(path, fmt::format("cannot be written: {}", failed.message()));
  const fs::file_status status = fs::status(target, failed);
  if (fs::is_directory(status)) return unwritable(path, "is a directory, a file name is expected");
  if (fs::exists(status) && !fs::is_regular_file(status)) return write_all(target, content, path);

  if (target.has_parent_path()) {
    fs::create_directories(target.parent_path(), failed);
    if (failed) {
      return unwritable(path, fmt::format("the directory '{}' cannot be created: {}",
                                          target.parent_path().string(), failed.message()));
    }
  }
  const fs::path temporary = temporary_sibling(target);
  if (Status written = write_all(temporary, content, path); !written) {
    fs::remove(temporary, failed);
    return written;
  }
  if (fs::exists(status)) fs::permissions(temporary, status.permissions(), failed);
  fs::rename(temporary, target, failed);
  if (failed) {
    const std::string why = failed.message();
    fs::remove(temporary, failed);
    return unwritable(path, fmt::format("cannot be written: {}", why));
  }
  return Ok{};
}

}  // namespace berth
