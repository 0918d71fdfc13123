#pragma once
// The bad rows of a file: the first few in full, all of them counted.

#include <cstdint>
#include <string>
#include <utility>

#include "berth/core/error.h"

namespace berth {

class RowErrors {
 public:
  static constexpr std::size_t kListed = 20;

  explicit RowErrors(std::string file) : file_(std::move(file)) {}

  void add(std::uint64_t line, ErrorCode code, std::string message, std::string suggestion = {});
  [[nodiscard]] bool empty() const { return count_ == 0; }
  /// What was added, and a last error with the number when more rows were bad than are listed.
  [[nodiscard]] Errors take();

 private:
  std::string file_;
  Errors listed_;
  std::uint64_t count_ = 0;
};

/// "trace.csv:12"
[[nodiscard]] std::string at_line(const std::string& file, std::uint64_t line);

}  // namespace berth
