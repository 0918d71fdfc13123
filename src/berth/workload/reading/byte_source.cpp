#include "berth/workload/reading/byte_source.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "berth/core/file.h"

namespace berth {
namespace {

constexpr std::string_view kGzipMagic = "\x1F\x8B";
constexpr std::string_view kZstdMagic = "\x28\xB5\x2F\xFD";
constexpr std::size_t kHeadBytes = 4;

Error unreadable(const std::string& name, int error_number) {
  return {ErrorCode::kUnreadable,
          fmt::format("cannot be read: {}", std::generic_category().message(error_number)),
          name,
          {}};
}

class FileSource final : public ByteSource {
 public:
  FileSource(int descriptor, std::string name) : descriptor_(descriptor), name_(std::move(name)) {}
  ~FileSource() override { ::close(descriptor_); }

  /// The first bytes, which stay to be read.
  Result<std::string_view> peek() {
    while (head_size_ < head_.size()) {
      Result<std::size_t> got = read_file_bytes(std::span(head_).subspan(head_size_));
      if (!got) return std::move(got).errors();
      if (*got == 0) break;
      head_size_ += *got;
    }
    return std::string_view(head_.data(), head_size_);
  }

  Result<std::size_t> read(std::span<char> into) override {
    if (head_taken_ == head_size_) return read_file_bytes(into);
    const std::size_t count = std::min(into.size(), head_size_ - head_taken_);
    std::memcpy(into.data(), head_.data() + head_taken_, count);
    head_taken_ += count;
    return count;
  }

 private:
  Result<std::size_t> read_file_bytes(std::span<char> into) {
    while (true) {
      const ssize_t got = ::read(descriptor_, into.data(), into.size());
      if (got >= 0) return static_cast<std::size_t>(got);
      if (errno != EINTR) return unreadable(name_, errno);
    }
  }

  int descriptor_;
  std::string name_;
  std::array<char, kHeadBytes> head_{};
  std::size_t head_size_ = 0;
  std::size_t head_taken_ = 0;
};

}  // namespace

Result<std::unique_ptr<ByteSource>> open_bytes(const std::filesystem::path& path) {
  std::error_code ignored;
  const int descriptor = std::filesystem::is_directory(path, ignored)
                             ? -1
                             : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    const int reason = errno;
    // The whole-file reader words these errors, with a suggestion for a misspelt name.
    Result<std::string> whole = read_file(path, 0);
    if (!whole) return std::move(whole).errors();
    return unreadable(path.string(), reason);
  }
  auto file = std::make_unique<FileSource>(descriptor, path.string());
  const Result<std::string_view> head = file->peek();
  if (!head) return head.errors();
  const bool gzip = head->starts_with(kGzipMagic);
  const bool zstd = head->starts_with(kZstdMagic);
  std::unique_ptr<ByteSource> source = std::move(file);
  if (gzip) return gunzip(std::move(source), path.string());
  if (zstd) return unzstd(std::move(source), path.string());
  return source;
}

}  // namespace berth
