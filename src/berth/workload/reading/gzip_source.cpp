#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zlib.h>

#include "berth/workload/reading/byte_source.h"

namespace berth {
namespace {

constexpr std::size_t kPackedBytes = std::size_t{64} << 10;
constexpr int kGzipOnly = 16 + MAX_WBITS;  // zlib: +16 = gzip header and check sum, nothing else

class GzipSource final : public ByteSource {
 public:
  GzipSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)), input_(kPackedBytes) {
    ready_ = inflateInit2(&stream_, kGzipOnly) == Z_OK;
  }
  ~GzipSource() override { inflateEnd(&stream_); }

  [[nodiscard]] std::string_view compression() const override { return "gzip"; }

  Result<std::size_t> read(std::span<char> into) override {
    if (!ready_) return fail("cannot be unpacked: out of memory");
    const std::size_t wanted = std::min<std::size_t>(into.size(), std::numeric_limits<uInt>::max());
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = static_cast<uInt>(wanted);
    while (stream_.avail_out == wanted) {
      if (stream_.avail_in == 0) {
        Result<std::size_t> got = packed_->read(input_);
        if (!got) return std::move(got).errors();
        if (*got == 0) return at_end();
        stream_.next_in = reinterpret_cast<Bytef*>(input_.data());
        stream_.avail_in = static_cast<uInt>(*got);
      }
      // More bytes behind a finished member: the next member of the same file.
      if (member_done_ && inflateReset(&stream_) != Z_OK) return fail("cannot be unpacked");
      member_done_ = false;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_STREAM_END) {
        member_done_ = true;
      } else if (status != Z_OK && status != Z_BUF_ERROR) {
        return fail(fmt::format("the gzip data is damaged{}{}", stream_.msg != nullptr ? ": " : "",
                                stream_.msg != nullptr ? stream_.msg : ""));
      }
    }
    return wanted - stream_.avail_out;
  }

 private:
  Result<std::size_t> at_end() {
    if (member_done_) return std::size_t{0};
    return fail("the gzip data ends too early: the file is truncated");
  }
  Error fail(std::string message) const {
    return {ErrorCode::kUnreadable, std::move(message), name_, {}};
  }

  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  std::vector<char> input_;
  z_stream stream_{};
  bool ready_ = false;
  bool member_done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed, std::string name) {
  return std::make_unique<GzipSource>(std::move(packed), std::move(name));
}

}  // namespace berth
