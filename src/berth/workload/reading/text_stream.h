#pragma once
// A file as complete lines in one buffer, parsed in place.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "berth/core/result.h"
#include "berth/workload/reading/byte_source.h"

namespace berth {

/// Between refills [begin, end) holds whole lines: the byte before `end` is '\n', and at least
/// kPadding readable bytes follow, so that a parser may load a word at any byte. A byte-order mark
/// is dropped, a missing last line end is added. All text handed out is valid UTF-8.
class TextStream {
 public:
  static constexpr std::size_t kPadding = 64;
  static constexpr std::size_t kMaxLineBytes = std::size_t{16} << 20;

  TextStream(std::unique_ptr<ByteSource> source, std::string name, std::size_t buffer_bytes);

  [[nodiscard]] const char* begin() const { return buffer_.data() + begin_; }
  [[nodiscard]] const char* end() const { return buffer_.data() + end_; }

  /// Keeps the text from `keep` on (in line `line` of the file) and reads further lines behind it.
  /// False when there are none. Errors: those of the source, kSyntax (not UTF-8, endless line).
  Result<bool> refill(const char* keep, std::uint64_t line);

  [[nodiscard]] std::uint64_t bytes() const { return bytes_; }  ///< read so far
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::string_view compression() const { return source_->compression(); }

 private:
  Status make_room(std::uint64_t line);
  Result<bool> read_more();  ///< false at the end of the input
  Status drop_byte_order_mark();
  Status check_utf8(std::uint64_t line);

  std::unique_ptr<ByteSource> source_;
  std::string name_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;      // behind the last whole line
  std::size_t filled_ = 0;   // behind the last byte read
  std::size_t checked_ = 0;  // text before it is known to be valid UTF-8
  std::uint64_t bytes_ = 0;
  bool at_start_ = true;
  bool at_end_ = false;
};

}  // namespace berth
