#include <utility>
#include <vector>

#include <fmt/format.h>
#include <zstd.h>

#include "berth/workload/reading/byte_source.h"

namespace berth {
namespace {

struct FreeStream {
  void operator()(ZSTD_DStream* stream) const { ZSTD_freeDStream(stream); }
};

class ZstdSource final : public ByteSource {
 public:
  ZstdSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)),
        name_(std::move(name)),
        input_(ZSTD_DStreamInSize()),
        stream_(ZSTD_createDStream()) {}

  [[nodiscard]] std::string_view compression() const override { return "zstd"; }

  Result<std::size_t> read(std::span<char> into) override {
    if (stream_ == nullptr) return fail("cannot be unpacked: out of memory");
    ZSTD_outBuffer out{into.data(), into.size(), 0};
    while (out.pos == 0) {
      if (pending_.pos == pending_.size) {
        Result<std::size_t> got = packed_->read(input_);
        if (!got) return std::move(got).errors();
        pending_ = {input_.data(), *got, 0};
        if (*got == 0 && frame_done_) return std::size_t{0};
      }
      const bool at_end = pending_.size == 0;
      const std::size_t before = pending_.pos;
      const std::size_t hint = ZSTD_decompressStream(stream_.get(), &out, &pending_);
      if (ZSTD_isError(hint) != 0U) {
        return fail(fmt::format("the zstd data is damaged: {}", ZSTD_getErrorName(hint)));
      }
      frame_done_ = hint == 0;
      // At the end of the file the decoder may still hold output; when it gives none, a part of
      // the frame is missing.
      if (at_end && out.pos == 0 && pending_.pos == before) {
        return fail("the zstd data ends too early: the file is truncated");
      }
    }
    return out.pos;
  }

 private:
  Error fail(std::string message) const {
    return {ErrorCode::kUnreadable, std::move(message), name_, {}};
  }

  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  std::vector<char> input_;
  ZSTD_inBuffer pending_{nullptr, 0, 0};
  std::unique_ptr<ZSTD_DStream, FreeStream> stream_;
  bool frame_done_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> unzstd(std::unique_ptr<ByteSource> packed, std::string name) {
  return std::make_unique<ZstdSource>(std::move(packed), std::move(name));
}

}  // namespace berth
