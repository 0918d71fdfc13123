#include "berth/workload/reading/text_stream.h"

#include <algorithm>
#include <cstring>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "berth/core/text.h"
#include "berth/workload/reading/row_errors.h"

namespace berth {
namespace {

constexpr std::size_t kMinBufferBytes = 16;
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

bool has_non_ascii(const char* begin, const char* end) {
  std::uint64_t bits = 0;
  const char* p = begin;
  for (; end - p >= 8; p += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, p, sizeof word);
    bits |= word;
  }
  for (; p != end; ++p) bits |= static_cast<unsigned char>(*p);
  return (bits & 0x8080808080808080ULL) != 0;
}

}  // namespace

TextStream::TextStream(std::unique_ptr<ByteSource> source, std::string name,
                       std::size_t buffer_bytes)
    : source_(std::move(source)),
      name_(std::move(name)),
      buffer_(std::max(buffer_bytes, kMinBufferBytes) + kPadding) {}

Result<bool> TextStream::refill(const char* keep, std::uint64_t line) {
  const auto from = static_cast<std::size_t>(keep - buffer_.data());
  std::memmove(buffer_.data(), keep, filled_ - from);
  filled_ -= from;
  end_ -= from;
  checked_ -= std::min(checked_, from);
  begin_ = 0;
  const std::size_t old_end = end_;
  while (end_ == old_end && !at_end_) {
    if (Status room = make_room(line); !room) return std::move(room).errors();
    const std::size_t old_filled = filled_;
    const Result<bool> more = read_more();
    if (!more) return more.errors();
    const std::string_view fresh(buffer_.data() + old_filled, filled_ - old_filled);
    const std::size_t last = fresh.rfind('\n');
    if (last != std::string_view::npos) end_ = old_filled + last + 1;
  }
  if (at_end_ && filled_ > end_) {
    buffer_[filled_++] = '\n';
    end_ = filled_;
  }
  std::fill_n(buffer_.begin() + static_cast<std::ptrdiff_t>(filled_), kPadding / 2, '\0');
  if (Status good = check_utf8(line); !good) return std::move(good).errors();
  return end_ > old_end;
}

Status TextStream::make_room(std::uint64_t line) {
  // Half of the padding stays behind an added '\n'.
  if (filled_ + kPadding < buffer_.size()) return Ok{};
  if (buffer_.size() > kMaxLineBytes) {
    return Error{ErrorCode::kSyntax,
                 fmt::format("the line is longer than {} MiB", kMaxLineBytes >> 20),
                 at_line(name_, line),
                 {}};
  }
  buffer_.resize(buffer_.size() * 2);
  return Ok{};
}

Result<bool> TextStream::read_more() {
  const std::size_t space = buffer_.size() - kPadding - filled_;
  Result<std::size_t> got = source_->read(std::span(buffer_).subspan(filled_, space));
  if (!got) return std::move(got).errors();
  filled_ += *got;
  bytes_ += *got;
  at_end_ = *got == 0;
  // The mark may arrive byte by byte.
  if (at_start_ && (filled_ >= kByteOrderMark.size() || at_end_)) {
    at_start_ = false;
    if (Status dropped = drop_byte_order_mark(); !dropped) return std::move(dropped).errors();
  }
  return !at_end_;
}

Status TextStream::drop_byte_order_mark() {
  const std::string_view head(buffer_.data(), filled_);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    return Error{ErrorCode::kSyntax, "the file is UTF-16, expected UTF-8", at_line(name_, 1), {}};
  }
  if (head.starts_with(kByteOrderMark)) {
    filled_ -= kByteOrderMark.size();
    std::memmove(buffer_.data(), buffer_.data() + kByteOrderMark.size(), filled_);
  }
  return Ok{};
}

Status TextStream::check_utf8(std::uint64_t line) {
  const std::string_view fresh(buffer_.data() + checked_, end_ - checked_);
  if (has_non_ascii(fresh.data(), fresh.data() + fresh.size())) {
    if (const auto bad = first_invalid_utf8(fresh)) {
      const auto before = std::string_view(buffer_.data(), checked_ + *bad);
      line += static_cast<std::uint64_t>(std::count(before.begin(), before.end(), '\n'));
      return Error{ErrorCode::kSyntax, "not valid UTF-8", at_line(name_, line), {}};
    }
  }
  checked_ = end_;
  return Ok{};
}

}  // namespace berth
